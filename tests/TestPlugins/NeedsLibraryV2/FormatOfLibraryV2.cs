using System.Composition;
using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Quantization;
using TestPlugins.Library;

[assembly: PluginContract(2)]

namespace TestPlugins;

[ExportQuantFormat(GgmlType.Q5_1), Shared]
public sealed class FormatOfLibraryV2 : LibraryFormat;
