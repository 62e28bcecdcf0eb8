using Tessera.Conformance.Quantization;
using Tessera.Gguf;

namespace Quant.TQ2_0.Tests;

public sealed class TQ2_0Conformance() : QuantFormatConformance(new TQ2_0Format(), (GgmlType)35, "TQ2_0");
