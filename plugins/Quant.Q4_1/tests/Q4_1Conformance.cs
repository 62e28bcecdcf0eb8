using Tessera.Conformance.Quantization;
using Tessera.Gguf;

namespace Tessera.Quant.Q4_1.Tests;

public sealed class Q4_1Conformance() : QuantFormatConformance(new Q4_1Format(), GgmlType.Q4_1, "Q4_1");
