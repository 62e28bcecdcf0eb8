using System.Composition;
using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Quantization;

[assembly: PluginContract(2)]

namespace TestPlugins;

[ExportQuantFormat(GgmlType.Q3_K), Shared]
public sealed class ThrowingFormat : StubFormat
{
    public ThrowingFormat() => throw new InvalidOperationException("no luck today");
}
