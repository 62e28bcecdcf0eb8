using Tessera.Conformance.Quantization;
using Tessera.Gguf;

namespace Tessera.Quant.Q6K.Tests;

public sealed class Q6KConformance() : QuantFormatConformance(new Q6KFormat(), GgmlType.Q6_K, "Q6_K");
