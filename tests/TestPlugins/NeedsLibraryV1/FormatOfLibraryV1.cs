using System.Composition;
using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Quantization;
using TestPlugins.Library;

[assembly: PluginContract(2)]

namespace TestPlugins;

[ExportQuantFormat(GgmlType.Q5_0), Shared]
public sealed class FormatOfLibraryV1 : LibraryFormat;
