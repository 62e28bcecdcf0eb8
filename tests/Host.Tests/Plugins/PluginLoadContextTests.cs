using System.Runtime.Loader;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Moq;
using Tessera.Catalog;
using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Quantization;

namespace Tessera.Host.Tests.Plugins;

public class PluginLoadContextTests
{
    [Fact]
    public void Two_plugins_may_need_different_versions_of_one_library()
    {
        using var folder = new PluginFolder("NeedsLibraryV1", "NeedsLibraryV2");

        PluginCatalog catalog = folder.Load();

        Assert.Empty(catalog.Rejected);
        Assert.Equal(1, Format(catalog, GgmlType.Q5_0).Value.Block.Elements);
        Assert.Equal(2, Format(catalog, GgmlType.Q5_1).Value.Block.Elements);
    }

    [Fact]
    public void Without_deps_json_dependencies_are_found_beside_the_plugin()
    {
        using var folder = new PluginFolder("NeedsLibraryV2");
        File.Delete(Path.ChangeExtension(folder.FileOf("NeedsLibraryV2"), ".deps.json"));

        PluginCatalog catalog = folder.Load();

        Assert.Empty(catalog.Rejected);
        Assert.Equal(2, Format(catalog, GgmlType.Q5_1).Value.Block.Elements);
    }

    [Fact]
    public void A_private_copy_of_the_contract_is_not_used()
    {
        using var folder = new PluginFolder("OwnContractCopy");
        Assert.True(File.Exists(Path.Combine(folder.Path, "OwnContractCopy", "Tessera.Abstractions.dll")));

        PluginCatalog catalog = folder.Load();

        Assert.Empty(catalog.Rejected);
        PluginPart<IQuantFormat> format = Format(catalog, GgmlType.Q6_K);
        _ = format.Value;
        AssemblyLoadContext own = AssemblyLoadContext.GetLoadContext(format.Implementation.Assembly)!;
        Assert.Single(own.Assemblies);
    }

    [Fact]
    public void Each_plugin_folder_has_a_load_context_that_is_not_collectible()
    {
        using var folder = new PluginFolder("GoodFormat", "NeedsLibraryV1");

        PluginCatalog catalog = folder.Load();

        AssemblyLoadContext[] contexts =
        [
            .. catalog.QuantFormats.Select(part => AssemblyLoadContext.GetLoadContext(part.Implementation.Assembly)!),
        ];
        Assert.Equal(2, contexts.Distinct().Count());
        Assert.All(contexts, context => Assert.False(context.IsCollectible));
        Assert.DoesNotContain(AssemblyLoadContext.Default, contexts);
    }

    [Fact]
    public void A_plugin_gets_its_folder_and_a_logger_in_its_name()
    {
        using var folder = new PluginFolder("EveryKind");
        var logger = new Mock<ILogger>();
        var loggers = new Mock<ILoggerFactory>();
        loggers.Setup(factory => factory.CreateLogger("Tessera.Plugins")).Returns(NullLogger.Instance);
        loggers.Setup(factory => factory.CreateLogger("TestPlugins.EveryKind")).Returns(logger.Object);

        PluginCatalog catalog = PluginCatalog.Load([new PluginSearchFolder(folder.Path, PluginSource.Option)], new PluginOptions(), loggers.Object);
        _ = Format(catalog, (GgmlType)200).Value;

        IInvocation entry = Assert.Single(logger.Invocations);
        Assert.Equal(Path.Combine(folder.Path, "EveryKind"), entry.Arguments[2]);
    }

    private static PluginPart<IQuantFormat> Format(PluginCatalog catalog, GgmlType type)
    {
        Assert.True(catalog.TryGetQuantFormat(type, out PluginPart<IQuantFormat>? format));
        return format;
    }
}
