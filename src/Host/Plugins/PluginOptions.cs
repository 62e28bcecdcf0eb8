namespace Tessera.Plugins;

/// <summary>
/// Where to look for plugins besides the usual places, and which of them serve. A program's configuration has them in <c>Tessera:Plugins</c>.
/// </summary>
public sealed class PluginOptions
{
    /// <summary>Whether plugins are sought in folders at all. A program without it has its own <see cref="Parts"/> only.</summary>
    public bool SearchFolders { get; set; } = true;

    /// <summary>Further folders, searched last. Each must exist.</summary>
    public IList<string> Folders { get; set; } = [];

    /// <summary>Whether to load only what a lock file lists, besides what ships with the executable.</summary>
    public bool LockedOnly { get; set; }

    /// <summary>
    /// Which plugin serves a key, where several could. The key is a format's name or number, or the name of a tokenizer or an architecture; the value a
    /// plugin's name, or its folder where two have one name. Upper and lower case are the same.
    /// </summary>
    public IDictionary<string, string> Use { get; set; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Formats, tokenizers and architectures of the application itself: objects whose classes carry an export attribute, such as
    /// <c>[ExportArchitecture("mine")]</c>. Where a plugin serves the same key, the application's own goes before it.
    /// </summary>
    public ICollection<object> Parts { get; set; } = [];
}
