using Tessera.Conformance.Quantization;
using Tessera.Gguf;

namespace Tessera.Quant.Q5K.Tests;

public sealed class Q5KConformance() : QuantFormatConformance(new Q5KFormat(), GgmlType.Q5_K, "Q5_K");
