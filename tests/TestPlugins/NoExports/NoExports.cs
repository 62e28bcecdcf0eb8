using Tessera.Plugins;

[assembly: PluginContract(2)]

namespace TestPlugins;

/// <summary>A format that nothing exports.</summary>
public sealed class UnexportedFormat : StubFormat;
