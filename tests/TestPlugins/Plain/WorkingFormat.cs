using System.Composition;
using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Quantization;

[assembly: PluginContract(2)]

namespace TestPlugins;

/// <summary>Nothing is wrong with this one.</summary>
[ExportQuantFormat((GgmlType)216, Name = "Plain"), Shared]
public sealed class WorkingFormat : PlainFormat;
