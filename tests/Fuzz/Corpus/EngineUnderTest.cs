using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Tessera.Catalog;
using Tessera.Loading;
using Tessera.Workbench.Explaining;
using Tessera.Workbench.Quantizing;

namespace Tessera.Fuzz.Corpus;

/// <summary>The engine with the plugins as they were built.</summary>
internal static class EngineUnderTest
{
    private static readonly string s_plugins = typeof(EngineUnderTest).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "Plugins").Value!;

    private static readonly ServiceProvider s_services = new ServiceCollection()
        .AddTessera(engine => engine.Configure(options => options.Folders = [s_plugins]))
        .AddTesseraWorkbench().BuildServiceProvider();

    public static IModelLoader Loader => s_services.GetRequiredService<IModelLoader>();

    public static PluginCatalog Plugins => s_services.GetRequiredService<PluginCatalog>();

    public static ModelExplainer Explainer => s_services.GetRequiredService<ModelExplainer>();

    public static ModelQuantizer Quantizer => s_services.GetRequiredService<ModelQuantizer>();
}
