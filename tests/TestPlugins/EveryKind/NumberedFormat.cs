using System.Composition;
using Microsoft.Extensions.Logging;
using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Quantization;

[assembly: PluginContract(2)]

namespace TestPlugins;

/// <summary>A format for a number without a name; not shared, and it uses what the host gives.</summary>
[ExportQuantFormat((GgmlType)200)]
public sealed class NumberedFormat : StubFormat
{
    [ImportingConstructor]
    public NumberedFormat(IPluginContext context) =>
        context.Logger.Log(LogLevel.Information, default, context.Directory, null, (directory, _) => $"made in {directory}");
}
