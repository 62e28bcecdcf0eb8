using Tessera.Conformance.Quantization;
using Tessera.Gguf;

namespace Tessera.Quant.IQ4XS.Tests;

public sealed class IQ4XSConformance() : QuantFormatConformance(new IQ4XSFormat(), GgmlType.IQ4_XS, "IQ4_XS");
