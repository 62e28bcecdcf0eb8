using Tessera.Catalog;
using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Quantization;

namespace Tessera.Host.Tests.Plugins;

public class PluginCatalogTests
{
    [Fact]
    public void A_plugin_in_a_subfolder_serves_its_format()
    {
        using var folder = new PluginFolder("GoodFormat");

        PluginCatalog catalog = folder.Load();

        Assert.Empty(catalog.Rejected);
        Assert.True(catalog.TryGetQuantFormat(GgmlType.Q4_K, out PluginPart<IQuantFormat>? format));
        Assert.Equal(new BlockGeometry(32, 34), format.Value.Block);
        Assert.Same(Assert.Single(catalog.Plugins), format.Plugin);
        Assert.Equal("quantization format Q4_K (12)", format.Export.ToString());
    }

    [Fact]
    public void A_plugin_tells_its_name_version_contract_folder_and_source()
    {
        using var folder = new PluginFolder("GoodFormat");

        PluginInfo plugin = Assert.Single(folder.Load().Plugins);

        Assert.Equal("TestPlugins.GoodFormat", plugin.Name);
        Assert.Equal(new Version(0, 1, 0, 0), plugin.Version);
        Assert.Equal(PluginContract.Version, plugin.ContractVersion);
        Assert.Equal(folder.FileOf("GoodFormat"), plugin.File);
        Assert.Equal(Path.Combine(folder.Path, "GoodFormat"), plugin.Folder);
        Assert.Equal(PluginSource.Option, plugin.Source);
        Assert.Equal([new PluginExport("quantization format", "Q4_K (12)")], plugin.Exports);
    }

    [Fact]
    public void A_key_that_nobody_serves_is_not_found()
    {
        using var folder = new PluginFolder("GoodFormat");

        PluginCatalog catalog = folder.Load();

        Assert.False(catalog.TryGetQuantFormat(GgmlType.Q5_K, out _));
        Assert.False(catalog.TryGetTokenizer("llama", out _));
        Assert.False(catalog.TryGetArchitecture("llama", out _));
    }

    [Fact]
    public void Formats_tokenizers_and_architectures_are_listed_with_their_keys()
    {
        using var folder = new PluginFolder("GoodFormat", "EveryKind");

        PluginCatalog catalog = folder.Load();

        Assert.Equal(["200", "Q4_K (12)"], catalog.QuantFormats.Select(part => part.Export.Key).Order());
        Assert.Equal(["stub"], catalog.Tokenizers.Select(part => part.Export.Key));
        Assert.Equal(["stub"], catalog.Architectures.Select(part => part.Export.Key));
        Assert.True(catalog.TryGetTokenizer("stub", out var tokenizer));
        Assert.True(catalog.TryGetArchitecture("stub", out var architecture));
        Assert.Equal("StubTokenizerFactory", tokenizer.Implementation.Name);
        Assert.Equal("StubArchitecture", architecture.Implementation.Name);
        Assert.NotNull(tokenizer.Value);
        Assert.NotNull(architecture.Value);
        Assert.Equal(3, tokenizer.Plugin.Exports.Count);
    }

    [Fact]
    public void A_part_that_is_not_shared_is_made_once()
    {
        using var folder = new PluginFolder("EveryKind");
        PluginCatalog catalog = folder.Load();

        Assert.True(catalog.TryGetQuantFormat((GgmlType)200, out PluginPart<IQuantFormat>? first));
        Assert.True(catalog.TryGetQuantFormat((GgmlType)200, out PluginPart<IQuantFormat>? second));

        Assert.Same(first.Value, second.Value);
    }
}
