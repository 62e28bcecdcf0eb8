using System.Composition;
using Tessera.Gguf;
using Tessera.Kernels.Coded;
using Tessera.Plugins;
using Tessera.Quantization;

[assembly: PluginContract(1)]

namespace Tessera.Quant.Q5_0;

[ExportQuantFormat(GgmlType.Q5_0), Shared]
public sealed class Q5_0Format : CodedFormat<Q5_0Block>;
