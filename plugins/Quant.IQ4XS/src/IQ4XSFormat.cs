using System.Composition;
using Tessera.Gguf;
using Tessera.Kernels.Coded;
using Tessera.Plugins;
using Tessera.Quantization;

[assembly: PluginContract(1)]

namespace Tessera.Quant.IQ4XS;

[ExportQuantFormat(GgmlType.IQ4_XS), Shared]
public sealed class IQ4XSFormat : CodedFormat<IQ4XSBlock>;
