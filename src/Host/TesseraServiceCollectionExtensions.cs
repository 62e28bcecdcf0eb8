using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tessera.Catalog;
using Tessera.Loading;
using Tessera.Plugins;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts the engine into a host's services.</summary>
public static class TesseraServiceCollectionExtensions
{
    /// <summary>Adds <see cref="IModelLoader"/> and the <see cref="PluginCatalog"/>, which is loaded when it is first needed.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="plugins">Where to look for plugins besides the usual places.</param>
    public static IServiceCollection AddTessera(this IServiceCollection services, PluginOptions? plugins = null)
    {
        services.TryAddSingleton(
            provider => PluginCatalog.Load(plugins ?? new PluginOptions(), provider.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance));
        services.TryAddSingleton<IModelLoader, ModelLoader>();
        return services;
    }
}
