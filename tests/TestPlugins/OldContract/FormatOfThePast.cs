using System.Composition;
using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Quantization;

[assembly: PluginContract(1)]

namespace TestPlugins;

[ExportQuantFormat(GgmlType.Q4_K), Shared]
public sealed class FormatOfThePast : StubFormat;
