namespace Tessera.Plugins;

/// <summary>Where to look for plugins besides the usual places.</summary>
public sealed class PluginOptions
{
    /// <summary>Further folders, searched last (the command line's <c>--plugins DIR</c>). Each must exist.</summary>
    public IReadOnlyList<string> Folders { get; init; } = [];
}
