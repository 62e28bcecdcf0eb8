using System.Composition;
using Tessera.Gguf;
using Tessera.Kernels.Coded;
using Tessera.Plugins;
using Tessera.Quantization;

[assembly: PluginContract(1)]

namespace Tessera.Quant.IQ4NL;

[ExportQuantFormat(GgmlType.IQ4_NL), Shared]
public sealed class IQ4NLFormat : CodedFormat<IQ4NLBlock>;
