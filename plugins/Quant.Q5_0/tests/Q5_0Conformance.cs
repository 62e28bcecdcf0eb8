using Tessera.Conformance.Quantization;
using Tessera.Gguf;

namespace Tessera.Quant.Q5_0.Tests;

public sealed class Q5_0Conformance() : QuantFormatConformance(new Q5_0Format(), GgmlType.Q5_0, "Q5_0");
