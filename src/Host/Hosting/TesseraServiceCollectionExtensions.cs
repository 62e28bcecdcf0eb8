using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Tessera.Catalog;
using Tessera.Generation;
using Tessera.Hosting;
using Tessera.Loading;
using Tessera.Plugins;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts the engine and models into a program's services.</summary>
public static class TesseraServiceCollectionExtensions
{
    private const string PluginsSection = "Tessera:Plugins";
    private const string ModelSection = "Tessera:Model";
    private const string ModelsSection = "Tessera:Models";

    /// <summary>
    /// Adds <see cref="IModelLoader"/> and the <see cref="PluginCatalog"/>. In a host the plugins are found while it starts, elsewhere when they are first
    /// needed. <see cref="PluginOptions"/> come from the configuration's section <c>Tessera:Plugins</c>, where there is one, then from code.
    /// </summary>
    /// <param name="services">The program's services.</param>
    /// <param name="configure">Gives parts of the program itself, and says where else to look; null for the usual places alone.</param>
    public static IServiceCollection AddTessera(this IServiceCollection services, Action<TesseraBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (!services.Any(service => service.ServiceType == typeof(IModelLoader)))
        {
            services.AddOptions();
            services.AddSingleton<IConfigureOptions<PluginOptions>>(provider => new ConfigureOptions<PluginOptions>(options =>
            {
                if (provider.GetService<IConfiguration>() is { } configuration)
                {
                    configuration.GetSection(PluginsSection).Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
                }
            }));
            services.TryAddSingleton(provider => PluginCatalog.Load(
                provider.GetRequiredService<IOptions<PluginOptions>>().Value, provider.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance));
            services.AddSingleton<IModelLoader, ModelLoader>();
            services.AddHostedService<EngineStart>();
        }

        configure?.Invoke(new TesseraBuilder(services));
        return services;
    }

    /// <summary>
    /// Adds the engine and a <see cref="LanguageModel"/>, which is loaded while the host starts, or in a program without a host when it is first asked for,
    /// and disposed with the services. Its <see cref="HostedModelOptions"/> come from the configuration's section <c>Tessera:Model</c>, then from code.
    /// </summary>
    /// <param name="services">The program's services.</param>
    /// <param name="path">A GGUF file; null for the one that the configuration names. A relative path begins at the host's content root.</param>
    /// <param name="configure">How to load it.</param>
    public static IServiceCollection AddTesseraModel(this IServiceCollection services, string? path = null, Action<HostedModelOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddModel(Options.Options.DefaultName, ModelSection, path, configure);
        return services.AddSingleton(provider => provider.GetRequiredKeyedService<HostedModel>(Options.Options.DefaultName).Model);
    }

    /// <summary>
    /// Adds one of several models as a keyed service. Its options come from the configuration's section <c>Tessera:Models:NAME</c>, then from code; the rest is
    /// as for the only one.
    /// </summary>
    /// <param name="services">The program's services.</param>
    /// <param name="name">The key, not empty.</param>
    /// <param name="path">A GGUF file; null for the one that the configuration names.</param>
    /// <param name="configure">How to load it.</param>
    public static IServiceCollection AddKeyedTesseraModel(
        this IServiceCollection services, string name, string? path = null, Action<HostedModelOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(name);
        services.AddModel(name, $"{ModelsSection}:{name}", path, configure);
        return services.AddKeyedSingleton(name, (provider, key) => provider.GetRequiredKeyedService<HostedModel>(key).Model);
    }

    private static void AddModel(this IServiceCollection services, string name, string section, string? path, Action<HostedModelOptions>? configure)
    {
        services.AddTessera();
        services.AddSingleton<IConfigureOptions<HostedModelOptions>>(provider => new ConfigureNamedOptions<HostedModelOptions>(name, options =>
        {
            if (provider.GetService<IConfiguration>() is { } configuration)
            {
                configuration.GetSection(section).Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
            }
        }));
        services.Configure<HostedModelOptions>(name, options => options.Path = path ?? options.Path);
        services.Configure(name, configure ?? (_ => { }));
        services.AddKeyedSingleton(name, (provider, _) => new HostedModel(
            provider.GetRequiredService<IModelLoader>(),
            provider.GetRequiredService<IOptionsMonitor<HostedModelOptions>>().Get(name),
            section,
            provider.GetService<IHostEnvironment>()?.ContentRootPath));
        services.AddSingleton(provider => provider.GetRequiredKeyedService<HostedModel>(name));
    }
}
