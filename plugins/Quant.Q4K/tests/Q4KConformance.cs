using Tessera.Conformance.Quantization;
using Tessera.Gguf;

namespace Tessera.Quant.Q4K.Tests;

public sealed class Q4KConformance() : QuantFormatConformance(new Q4KFormat(), GgmlType.Q4_K, "Q4_K");
