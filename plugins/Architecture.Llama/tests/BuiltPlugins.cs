using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Tessera.Catalog;
using Tessera.Loading;
using Tessera.Plugins;

namespace Tessera.Architecture.Llama.Tests;

/// <summary>The plugins as they were built, and loaders that know no others.</summary>
internal static class BuiltPlugins
{
    public static string Folder { get; } = typeof(BuiltPlugins).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "Plugins").Value!;

    public static IModelLoader Loader { get; } = LoaderWith();

    /// <summary>A loader that has parts besides the plugins.</summary>
    public static IModelLoader LoaderWith(params object[] parts) => new ServiceCollection()
        .AddSingleton(
            PluginCatalog.Load([new PluginSearchFolder(Folder, PluginSource.Option)], new PluginOptions { Parts = parts }, NullLoggerFactory.Instance))
        .AddTessera()
        .BuildServiceProvider()
        .GetRequiredService<IModelLoader>();
}
