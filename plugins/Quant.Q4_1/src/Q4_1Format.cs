using System.Composition;
using Tessera.Gguf;
using Tessera.Kernels.Coded;
using Tessera.Plugins;
using Tessera.Quantization;

[assembly: PluginContract(1)]

namespace Tessera.Quant.Q4_1;

[ExportQuantFormat(GgmlType.Q4_1), Shared]
public sealed class Q4_1Format : CodedFormat<Q4_1Block>;
