using Tessera.Catalog;
using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Quantization;

namespace Tessera.Host.Tests.Plugins;

/// <summary>GoodFormat and SameKeys both serve Q4_K.</summary>
public class PluginChoiceTests
{
    [Fact]
    public void A_key_that_two_plugins_serve_is_an_error_that_names_both_with_their_folders_and_shows_how_to_choose()
    {
        using var folder = new PluginFolder("GoodFormat", "SameKeys");
        PluginCatalog catalog = folder.Load();

        var error = Assert.Throws<PluginConflictException>(() => catalog.TryGetQuantFormat(GgmlType.Q4_K, out _));

        Assert.Equal(
            $"2 plugins serve the quantization format Q4_K (12): TestPlugins.GoodFormat ('{Path.Combine(folder.Path, "GoodFormat")}') "
            + $"and TestPlugins.SameKeys ('{Path.Combine(folder.Path, "SameKeys")}'). "
            + "Choose one: --use Q4_K=TestPlugins.GoodFormat or --use Q4_K=TestPlugins.SameKeys.",
            error.Message);
        Assert.Equal([error.Message], catalog.Conflicts);
    }

    [Fact]
    public void Where_two_plugins_contend_for_one_key_their_other_keys_are_served()
    {
        using var folder = new PluginFolder("GoodFormat", "SameKeys");

        PluginCatalog catalog = folder.Load();

        Assert.True(catalog.TryGetQuantFormat(GgmlType.Q4_0, out PluginPart<IQuantFormat>? format));
        Assert.Equal("TestPlugins.SameKeys", format.Plugin.Name);
        Assert.False(format.IsChosen);
    }

    [Theory]
    [InlineData("q4_k", "TestPlugins.SameKeys")]
    [InlineData("Q4_K", "testplugins.samekeys")]
    [InlineData("12", "TestPlugins.SameKeys")]
    public void The_plugin_that_was_chosen_serves(string key, string plugin)
    {
        using var folder = new PluginFolder("GoodFormat", "SameKeys");

        PluginCatalog catalog = folder.Load(new PluginUse(key, plugin));

        Assert.True(catalog.TryGetQuantFormat(GgmlType.Q4_K, out PluginPart<IQuantFormat>? format));
        Assert.Equal("TestPlugins.SameKeys", format.Plugin.Name);
        Assert.True(format.IsChosen);
        Assert.Empty(catalog.Conflicts);
    }

    [Fact]
    public void Of_two_plugins_that_have_one_name_the_folder_chooses_and_the_message_says_so()
    {
        using var folder = new PluginFolder("GoodFormat");
        string copy = folder.Copy("GoodFormat", "Copy");
        var byName = new PluginUse("q4_k", "TestPlugins.GoodFormat");

        var error = Assert.Throws<PluginConflictException>(() => folder.Load(byName));
        PluginCatalog catalog = folder.Load(new PluginUse("q4_k", Path.Combine(copy, "..", "Copy")));

        Assert.Contains($"--use Q4_K=\"{copy}\"", error.Message, StringComparison.Ordinal);
        Assert.True(catalog.TryGetQuantFormat(GgmlType.Q4_K, out PluginPart<IQuantFormat>? format));
        Assert.Equal(copy, format.Plugin.Folder);
    }

    [Fact]
    public void One_name_chooses_in_every_kind_that_the_plugin_serves_it_in_and_the_last_choice_holds()
    {
        using var folder = new PluginFolder("EveryKind", "GoodFormat", "SameKeys");

        PluginCatalog catalog = folder.Load(
            new PluginUse("stub", "TestPlugins.EveryKind"), new PluginUse("q4_k", "TestPlugins.SameKeys"), new PluginUse("q4_k", "TestPlugins.GoodFormat"));

        Assert.True(Assert.Single(catalog.Tokenizers).IsChosen);
        Assert.True(Assert.Single(catalog.Architectures).IsChosen);
        Assert.Equal(["TestPlugins.GoodFormat"], catalog.QuantFormats.Where(part => part.IsChosen).Select(part => part.Plugin.Name));
    }

    [Theory]
    [InlineData("q9_k", "TestPlugins.GoodFormat", "no plugin serves 'q9_k'")]
    [InlineData("q4_k", "TestPlugins.Nobody", "no plugin 'TestPlugins.Nobody' serves 'q4_k'; it is served by TestPlugins.GoodFormat")]
    public void A_choice_that_cannot_be_had_is_an_error_that_repeats_it(string key, string plugin, string reason)
    {
        using var folder = new PluginFolder("GoodFormat");

        var error = Assert.Throws<MissingPluginException>(() => folder.Load(new PluginUse(key, plugin)));

        Assert.StartsWith($"--use {key}={plugin}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }
}
