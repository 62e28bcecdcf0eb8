using Tessera.Catalog;
using Tessera.Gguf;
using Tessera.Plugins;

namespace Tessera.Host.Tests.Plugins;

/// <summary>A plugin that cannot be used is named with the reason, and GoodFormat beside it still serves.</summary>
public class PluginRejectionTests
{
    [Theory]
    [InlineData("NoExports", "exports nothing")]
    [InlineData("WrongContract", "built for version 999 of the plugin contract; this host has version 2: it needs a newer host.")]
    [InlineData("OldContract", "built for version 1 of the plugin contract; this host has version 2: get or build it for this version.")]
    [InlineData("ThrowingModule", "the module does not start (InvalidOperationException)")]
    [InlineData("MissingLibrary", "TestPlugins.Library, Version=1.0.0.0")]
    public void A_plugin_that_cannot_be_loaded_is_rejected_and_the_others_serve(string bad, string reason)
    {
        using var folder = new PluginFolder("GoodFormat", bad);

        PluginCatalog catalog = folder.Load();

        PluginRejection rejection = Assert.Single(catalog.Rejected);
        Assert.Equal(folder.FileOf(bad), rejection.Path);
        Assert.Contains(reason, rejection.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', rejection.Reason);
        Assert.Contains(folder.FileOf(bad), rejection.Reason, StringComparison.Ordinal);
        Assert.Equal("TestPlugins.GoodFormat", Assert.Single(catalog.Plugins).Name);
        Assert.True(catalog.TryGetQuantFormat(GgmlType.Q4_K, out _));
    }

    [Theory]
    [InlineData(3, "was built for version 2 of the plugin contract; this host has version 3: get or build it for this version.")]
    [InlineData(1, "was built for version 2 of the plugin contract; this host has version 1: it needs a newer host.")]
    public void A_plugin_is_told_what_a_host_of_another_version_wants(int host, string reason)
    {
        using var folder = new PluginFolder("GoodFormat");
        var rejected = new List<PluginRejection>();

        var discovery = new PluginDiscovery(rejected, new LockCheck(lockedOnly: false), host);

        Assert.Empty(discovery.Find(new PluginSearchFolder(folder.Path, PluginSource.User)));
        Assert.Equal(new PluginRejection(folder.FileOf("GoodFormat"), $"The plugin '{folder.FileOf("GoodFormat")}' {reason}"), Assert.Single(rejected));
    }

    [Fact]
    public void Of_two_classes_with_one_key_in_one_plugin_the_first_by_name_serves()
    {
        using var folder = new PluginFolder("SameKeys");

        PluginCatalog catalog = folder.Load();

        Assert.True(catalog.TryGetQuantFormat(GgmlType.Q4_0, out var format));
        Assert.Equal("TestPlugins.FirstOfOneKey", format.Implementation.FullName);
        PluginRejection rejection = Assert.Single(catalog.Rejected);
        Assert.Contains("SecondOfOneKey", rejection.Reason, StringComparison.Ordinal);
        Assert.Contains("Q4_0 (2)", rejection.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PartWithTwoExports", "2 export attributes")]
    [InlineData("PartWithoutKey", "use [ExportQuantFormat]")]
    [InlineData("PartWithTwoKeys", "sets 'Type' a second time")]
    [InlineData("PartOfNoFormat", "implements IQuantFormat")]
    [InlineData("AbstractPart", "implements IQuantFormat")]
    [InlineData("GenericPart`1", "implements IQuantFormat")]
    [InlineData("PartWithoutName", "the key of its [ExportQuantFormat] is empty")]
    [InlineData("PartWithNullKey", "the key of its [ExportTokenizer] is empty")]
    public void A_bad_part_is_rejected_by_its_class_and_the_good_part_beside_it_serves(string part, string reason)
    {
        using var folder = new PluginFolder("BadParts");

        PluginCatalog catalog = folder.Load();

        PluginRejection rejection = Assert.Single(
            catalog.Rejected, r => r.Reason.Contains($"TestPlugins.{part} ", StringComparison.Ordinal));
        Assert.Contains(reason, rejection.Reason, StringComparison.Ordinal);
        Assert.Equal(8, catalog.Rejected.Count);
        Assert.True(catalog.TryGetQuantFormat(GgmlType.Q8_0, out var good));
        Assert.Equal(32, good.Value.Block.Elements);
    }

    [Theory]
    [InlineData("ThrowingConstructor", GgmlType.Q3_K, "no luck today")]
    [InlineData("BadParts", GgmlType.MXFP4, "IDisposable")]
    public void A_part_that_cannot_be_made_throws_an_error_that_names_the_plugin_the_file_and_the_key(
        string plugin, GgmlType type, string reason)
    {
        using var folder = new PluginFolder(plugin);
        Assert.True(folder.Load().TryGetQuantFormat(type, out var format));

        TesseraException error = Assert.Throws<TesseraException>(() => format.Value);

        Assert.Contains($"TestPlugins.{plugin} ", error.Message, StringComparison.Ordinal);
        Assert.Contains(folder.FileOf(plugin), error.Message, StringComparison.Ordinal);
        Assert.Contains(format.Export.Key, error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }
}
