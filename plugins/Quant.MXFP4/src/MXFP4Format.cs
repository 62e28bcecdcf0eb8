using System.Composition;
using Tessera.Gguf;
using Tessera.Kernels.Coded;
using Tessera.Plugins;
using Tessera.Quantization;

[assembly: PluginContract(1)]

namespace Tessera.Quant.MXFP4;

[ExportQuantFormat(GgmlType.MXFP4), Shared]
public sealed class MXFP4Format : CodedFormat<MXFP4Block>;
