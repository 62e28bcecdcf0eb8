using Tessera.Conformance.Quantization;
using Tessera.Gguf;

namespace Tessera.Quant.Q4_0.Tests;

public sealed class Q4_0Conformance() : QuantFormatConformance(new Q4_0Format(), GgmlType.Q4_0, "Q4_0");
