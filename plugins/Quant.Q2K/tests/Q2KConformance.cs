using Tessera.Conformance.Quantization;
using Tessera.Gguf;

namespace Tessera.Quant.Q2K.Tests;

public sealed class Q2KConformance() : QuantFormatConformance(new Q2KFormat(), GgmlType.Q2_K, "Q2_K");
