using Tessera.Conformance.Quantization;
using Tessera.Gguf;

namespace Tessera.Quant.Q5_1.Tests;

public sealed class Q5_1Conformance() : QuantFormatConformance(new Q5_1Format(), GgmlType.Q5_1, "Q5_1");
