using System.Composition;
using Microsoft.Extensions.Logging.Abstractions;
using Tessera.Architectures;
using Tessera.Catalog;
using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Quantization;

namespace Tessera.Host.Tests.Plugins;

/// <summary>Formats, tokenizers and architectures that an application gives to the engine itself.</summary>
public class ApplicationPartTests
{
    [Fact]
    public void A_part_serves_its_key_and_is_told_to_be_the_applications()
    {
        PluginCatalog catalog = Load([], new OwnArchitecture());

        Assert.True(catalog.TryGetArchitecture("own", out var architecture));
        Assert.Equal(("Tessera.Host.Tests", PluginSource.Application), (architecture.Plugin.Name, architecture.Plugin.Source));
        Assert.Equal("architecture own", Assert.Single(Assert.Single(catalog.Plugins).Exports).ToString());
    }

    [Fact]
    public void What_it_throws_names_the_application()
    {
        Assert.True(Load([], new OwnArchitecture()).TryGetArchitecture("own", out var architecture));

        var error = Assert.Throws<TesseraException>(() => architecture.Value.Build(null!));

        Assert.StartsWith("The plugin Tessera.Host.Tests (", error.Message, StringComparison.Ordinal);
        Assert.Contains("no luck", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_goes_before_a_plugin_that_serves_the_same_key_unless_that_was_chosen()
    {
        using var folder = new PluginFolder("GoodFormat");
        var own = new OwnFormat();

        Assert.True(Load([folder.Path], own).TryGetQuantFormat(GgmlType.Q4_K, out var format));
        Assert.Equal(typeof(OwnFormat), format.Implementation);

        PluginCatalog chosen = PluginCatalog.Load(
            [new PluginSearchFolder(folder.Path, PluginSource.Option)],
            new PluginOptions { Parts = [own], Use = [new PluginUse("Q4_K", "TestPlugins.GoodFormat")] },
            NullLoggerFactory.Instance);
        Assert.True(chosen.TryGetQuantFormat(GgmlType.Q4_K, out format));
        Assert.Equal("TestPlugins.GoodFormat", format.Plugin.Name);
    }

    [Fact]
    public void What_is_no_part_is_an_error_that_names_its_class()
    {
        Assert.Contains("System.String cannot serve", Assert.Throws<ArgumentException>(() => Load([], "text")).Message, StringComparison.Ordinal);
        Assert.Contains("another class of the plugin serves",
            Assert.Throws<ArgumentException>(() => Load([], new OwnFormat(), new OwnFormat())).Message, StringComparison.Ordinal);
    }

    private static PluginCatalog Load(string[] folders, params object[] parts) =>
        PluginCatalog.Load(
            folders.Select(folder => new PluginSearchFolder(folder, PluginSource.Option)), new PluginOptions { Parts = parts }, NullLoggerFactory.Instance);

    [ExportArchitecture("own"), Shared]
    private sealed class OwnArchitecture : IArchitecture
    {
        public IModel Build(IModelBuilder builder) => throw new InvalidOperationException("no luck");
    }

    [ExportQuantFormat(GgmlType.Q4_K), Shared]
    private sealed class OwnFormat : IQuantFormat
    {
        public BlockGeometry Block => new(1, 1);

        public void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values) => values.Clear();

        public IWeightMatrix Bind(in WeightSource source, KernelOptions options) => throw new NotSupportedException();
    }
}
