namespace Tessera.Plugins;

/// <summary>Where to look for plugins besides the usual places, and which of them serve.</summary>
public sealed class PluginOptions
{
    /// <summary>Further folders, searched last (the command line's <c>--plugins DIR</c>). Each must exist.</summary>
    public IReadOnlyList<string> Folders { get; init; } = [];

    /// <summary>
    /// Formats, tokenizers and architectures of the application itself: objects whose classes carry an export attribute, such as
    /// <c>[ExportArchitecture("mine")]</c>. Where a plugin serves the same key, the application's own goes before it.
    /// </summary>
    public IReadOnlyList<object> Parts { get; init; } = [];

    /// <summary>Whether to load only what a lock file lists, besides what ships with the executable (<c>--plugins-locked</c>).</summary>
    public bool LockedOnly { get; init; }

    /// <summary>Which plugin serves a key, where several could (<c>--use KEY=PLUGIN</c>). Of two for one key, the last holds.</summary>
    public IReadOnlyList<PluginUse> Use { get; init; } = [];
}
