using System.Composition;
using System.Runtime.CompilerServices;
using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Quantization;

[assembly: PluginContract(2)]

namespace TestPlugins;

[ExportQuantFormat(GgmlType.Q3_K), Shared]
public sealed class UnreachableFormat : StubFormat;

internal static class Module
{
    [ModuleInitializer]
    internal static void Initialize() => throw new InvalidOperationException("the module does not start");
}
