using System.Composition;
using Tessera.Gguf;
using Tessera.Kernels.Coded;
using Tessera.Plugins;
using Tessera.Quantization;

[assembly: PluginContract(1)]

namespace Tessera.Quant.Q2K;

[ExportQuantFormat(GgmlType.Q2_K), Shared]
public sealed class Q2KFormat : CodedFormat<Q2KBlock>;
