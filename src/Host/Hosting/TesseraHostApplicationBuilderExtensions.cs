using Microsoft.Extensions.DependencyInjection;
using Tessera.Hosting;

namespace Microsoft.Extensions.Hosting;

/// <summary>Puts the engine and models into a host.</summary>
public static class TesseraHostApplicationBuilderExtensions
{
    /// <inheritdoc cref="TesseraServiceCollectionExtensions.AddTessera"/>
    /// <param name="builder">The host's builder.</param>
    /// <param name="configure">Gives parts of the program itself, and says where else to look; null for the usual places alone.</param>
    public static TBuilder AddTessera<TBuilder>(this TBuilder builder, Action<TesseraBuilder>? configure = null)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Services.AddTessera(configure);
        return builder;
    }

    /// <inheritdoc cref="TesseraServiceCollectionExtensions.AddTesseraModel"/>
    /// <param name="builder">The host's builder.</param>
    /// <param name="path">A GGUF file; null for the one that the configuration names. A relative path begins at the host's content root.</param>
    /// <param name="configure">How to load it.</param>
    public static TBuilder AddTesseraModel<TBuilder>(this TBuilder builder, string? path = null, Action<HostedModelOptions>? configure = null)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Services.AddTesseraModel(path, configure);
        return builder;
    }

    /// <inheritdoc cref="TesseraServiceCollectionExtensions.AddKeyedTesseraModel"/>
    /// <param name="builder">The host's builder.</param>
    /// <param name="name">The key, not empty.</param>
    /// <param name="path">A GGUF file; null for the one that the configuration names.</param>
    /// <param name="configure">How to load it.</param>
    public static TBuilder AddKeyedTesseraModel<TBuilder>(this TBuilder builder, string name, string? path = null, Action<HostedModelOptions>? configure = null)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Services.AddKeyedTesseraModel(name, path, configure);
        return builder;
    }
}
