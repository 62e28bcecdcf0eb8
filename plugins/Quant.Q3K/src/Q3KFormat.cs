using System.Composition;
using Tessera.Gguf;
using Tessera.Kernels.Coded;
using Tessera.Plugins;
using Tessera.Quantization;

[assembly: PluginContract(1)]

namespace Tessera.Quant.Q3K;

[ExportQuantFormat(GgmlType.Q3_K), Shared]
public sealed class Q3KFormat : CodedFormat<Q3KBlock>;
