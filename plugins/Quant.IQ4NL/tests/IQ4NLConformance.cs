using Tessera.Conformance.Quantization;
using Tessera.Gguf;

namespace Tessera.Quant.IQ4NL.Tests;

public sealed class IQ4NLConformance() : QuantFormatConformance(new IQ4NLFormat(), GgmlType.IQ4_NL, "IQ4_NL");
