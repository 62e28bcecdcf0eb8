using Microsoft.Extensions.DependencyInjection;
using Tessera.Catalog;
using Tessera.Plugins;

namespace Tessera.Hosting;

/// <summary>Says what the engine is made of, besides the plugins that it finds in folders.</summary>
public sealed class TesseraBuilder
{
    internal TesseraBuilder(IServiceCollection services) => Services = services;

    /// <summary>The program's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>
    /// Adds a format, a tokenizer or an architecture of the program itself: an object whose class carries an export attribute, such as
    /// <c>[ExportArchitecture("mine")]</c>. Where a plugin in a folder serves the same key, the program's own goes before it.
    /// </summary>
    /// <param name="part">The object; it serves as long as the engine lives.</param>
    public TesseraBuilder AddPart(object part)
    {
        ArgumentNullException.ThrowIfNull(part);
        return Configure(options => options.Parts.Add(part));
    }

    /// <summary>Adds a part that uses what the host gives a plugin, such as a logger in its name.</summary>
    /// <typeparam name="T">The class that carries the export attribute.</typeparam>
    /// <param name="create">Makes it, once.</param>
    public TesseraBuilder AddPart<T>(Func<IPluginContext, T> create)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(create);
        return Configure(options => options.Parts.Add(new LatePart(typeof(T), create)));
    }

    /// <summary>Says where to look for plugins, and which of them serve.</summary>
    /// <param name="configure">Changes what the configuration says.</param>
    public TesseraBuilder Configure(Action<PluginOptions> configure)
    {
        Services.Configure(configure);
        return this;
    }
}
