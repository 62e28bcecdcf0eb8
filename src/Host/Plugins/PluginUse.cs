namespace Tessera.Plugins;

/// <summary>Which plugin serves a key, where several could.</summary>
/// <param name="Key">A format's name or number, or the name of a tokenizer or an architecture; upper and lower case are the same.</param>
/// <param name="Plugin">A plugin's name, or its folder where two have one name.</param>
public sealed record PluginUse(string Key, string Plugin)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Key}={Plugin}";
}
