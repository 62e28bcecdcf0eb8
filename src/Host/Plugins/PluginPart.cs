namespace Tessera.Plugins;

/// <summary>A plugin's part in the catalog: what serves a key, and whose it is.</summary>
/// <typeparam name="T">The contract: a quantization format, a tokenizer factory or an architecture.</typeparam>
public sealed class PluginPart<T>
    where T : class
{
    private readonly Lazy<object> value;

    /// <param name="plugin">The plugin that the part comes from.</param>
    /// <param name="export">The key that it serves.</param>
    /// <param name="names">What people may call the key.</param>
    /// <param name="implementation">The plugin's class.</param>
    /// <param name="create">Makes the part, guarded.</param>
    internal PluginPart(PluginInfo plugin, PluginExport export, IEnumerable<string> names, Type implementation, Func<PluginPart<T>, T> create)
    {
        Names = [.. names];
        Plugin = plugin;
        Export = export;
        Implementation = implementation;
        value = new Lazy<object>(() => create(this));
    }

    /// <summary>The plugin that the part comes from.</summary>
    public PluginInfo Plugin { get; }

    /// <summary>The key that it serves, as people read it.</summary>
    public PluginExport Export { get; }

    /// <summary>What people may call the key, the best first: a format's name and number.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Whether it serves because it was asked for with <see cref="PluginOptions.Use"/>.</summary>
    public bool IsChosen { get; internal set; }

    /// <summary>
    /// The part. It is made on first use, once, whether the plugin shares it or not. It stands before the plugin's own, and so does everything that it makes:
    /// what the plugin throws at any call becomes a <see cref="TesseraException"/> that names the plugin.
    /// </summary>
    /// <exception cref="TesseraException">The plugin fails to make it; the message names the plugin.</exception>
    public T Value => (T)value.Value;

    /// <summary>The plugin's class.</summary>
    internal Type Implementation { get; }
}
