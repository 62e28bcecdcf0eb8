using Tessera.Conformance.Quantization;
using Tessera.Gguf;

namespace Tessera.Quant.Float.Tests;

/// <remarks>The reference has no golden data for F32: there is nothing to convert.</remarks>
public sealed class F32Conformance() : QuantFormatConformance(new F32Format(), GgmlType.F32, goldenName: null);
