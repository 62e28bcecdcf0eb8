using Tessera.Conformance.Quantization;
using Tessera.Gguf;

namespace Tessera.Quant.Float.Tests;

public sealed class F16Conformance() : QuantFormatConformance(new F16Format(), GgmlType.F16, "F16");
