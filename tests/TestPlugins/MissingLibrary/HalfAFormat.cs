using System.Composition;
using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Quantization;
using TestPlugins.Library;

[assembly: PluginContract(2)]

namespace TestPlugins;

[ExportQuantFormat(GgmlType.Q2_K), Shared]
public sealed class HalfAFormat : LibraryFormat;
