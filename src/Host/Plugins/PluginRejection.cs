namespace Tessera.Plugins;

/// <summary>Something that was found and is not used, in whole or in part.</summary>
/// <param name="Path">The folder or file.</param>
/// <param name="Reason">A sentence for the person who installed it; it names everything that is involved.</param>
public sealed record PluginRejection(string Path, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() => Reason;
}
