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
}
