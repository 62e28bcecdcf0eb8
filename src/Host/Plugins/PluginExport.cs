namespace Tessera.Plugins;

/// <summary>One thing that a plugin provides.</summary>
/// <param name="Kind">What it is: <c>quantization format</c>, <c>tokenizer</c> or <c>architecture</c>.</param>
/// <param name="Key">The value in model files that asks for it, as people read it: <c>Q4_K (12)</c>, <c>llama</c>.</param>
public sealed record PluginExport(string Kind, string Key)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Kind} {Key}";
}
