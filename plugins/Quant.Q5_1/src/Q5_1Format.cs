using System.Composition;
using Tessera.Gguf;
using Tessera.Kernels.Coded;
using Tessera.Plugins;
using Tessera.Quantization;

[assembly: PluginContract(1)]

namespace Tessera.Quant.Q5_1;

[ExportQuantFormat(GgmlType.Q5_1), Shared]
public sealed class Q5_1Format : CodedFormat<Q5_1Block>;
