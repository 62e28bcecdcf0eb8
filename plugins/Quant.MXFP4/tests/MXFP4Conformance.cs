using Tessera.Conformance.Quantization;
using Tessera.Gguf;

namespace Tessera.Quant.MXFP4.Tests;

public sealed class MXFP4Conformance() : QuantFormatConformance(new MXFP4Format(), GgmlType.MXFP4, "MXFP4");
