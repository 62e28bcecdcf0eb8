using System.Composition;
using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Quantization;

[assembly: PluginContract(999)]

namespace TestPlugins;

[ExportQuantFormat(GgmlType.Q4_K), Shared]
public sealed class FormatOfTheFuture : StubFormat;
