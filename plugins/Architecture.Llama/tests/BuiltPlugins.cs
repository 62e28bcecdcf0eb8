using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Tessera.Loading;
using Tessera.Plugins;

namespace Tessera.Architecture.Llama.Tests;

/// <summary>The plugins as they were built, and a loader that knows no others.</summary>
internal static class BuiltPlugins
{
    private static readonly string Folder = typeof(BuiltPlugins).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "Plugins").Value!;

    private static readonly ServiceProvider Services = new ServiceCollection()
        .AddSingleton(PluginCatalog.Load([new PluginSearchFolder(Folder, PluginSource.Option)], new PluginOptions(), NullLoggerFactory.Instance))
        .AddTessera()
        .BuildServiceProvider();

    public static PluginCatalog Catalog => Services.GetRequiredService<PluginCatalog>();

    public static IModelLoader Loader => Services.GetRequiredService<IModelLoader>();
}
