using Tessera.Conformance.Quantization;
using Tessera.Gguf;

namespace Tessera.Quant.Q8_0.Tests;

public sealed class Q8_0Conformance() : QuantFormatConformance(new Q8_0Format(), GgmlType.Q8_0, "Q8_0");
