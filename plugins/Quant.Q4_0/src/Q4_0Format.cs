using System.Composition;
using Tessera.Gguf;
using Tessera.Kernels.Coded;
using Tessera.Plugins;
using Tessera.Quantization;

[assembly: PluginContract(1)]

namespace Tessera.Quant.Q4_0;

[ExportQuantFormat(GgmlType.Q4_0), Shared]
public sealed class Q4_0Format : CodedFormat<Q4_0Block>;
