using Tessera.Conformance.Quantization;
using Tessera.Gguf;

namespace Tessera.Quant.Float.Tests;

public sealed class BF16Conformance() : QuantFormatConformance(new BF16Format(), GgmlType.BF16, "BF16");
