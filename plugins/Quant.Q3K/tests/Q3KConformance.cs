using Tessera.Conformance.Quantization;
using Tessera.Gguf;

namespace Tessera.Quant.Q3K.Tests;

public sealed class Q3KConformance() : QuantFormatConformance(new Q3KFormat(), GgmlType.Q3_K, "Q3_K");
