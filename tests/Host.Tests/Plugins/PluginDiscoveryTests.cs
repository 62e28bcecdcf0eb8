using System.Buffers.Binary;
using Tessera.Catalog;
using Tessera.Gguf;
using Tessera.Plugins;

namespace Tessera.Host.Tests.Plugins;

public class PluginDiscoveryTests
{
    [Fact]
    public void A_folder_that_directly_holds_a_plugin_is_one_plugin()
    {
        using var folder = new PluginFolder("GoodFormat", "EveryKind");

        PluginCatalog catalog = PluginFolder.Load(Path.Combine(folder.Path, "GoodFormat"));

        Assert.Empty(catalog.Rejected);
        Assert.Equal("TestPlugins.GoodFormat", Assert.Single(catalog.Plugins).Name);
    }

    [Fact]
    public void Two_plugins_in_one_folder_both_load()
    {
        using var folder = new PluginFolder("GoodFormat");
        foreach (string file in Directory.GetFiles(folder.Copy("EveryKind", "other")))
        {
            File.Move(file, Path.Combine(folder.Path, "GoodFormat", Path.GetFileName(file)));
        }

        PluginCatalog catalog = PluginFolder.Load(Path.Combine(folder.Path, "GoodFormat"));

        Assert.Empty(catalog.Rejected);
        Assert.Equal(["TestPlugins.EveryKind", "TestPlugins.GoodFormat"], catalog.Plugins.Select(plugin => plugin.Name));
    }

    [Theory]
    [InlineData("GoodFormat/pipe.dll")]
    [InlineData("pipe.dll")]
    [InlineData("other/pipe.dll")]
    public void A_pipe_that_is_named_as_an_assembly_is_rejected_and_not_waited_for(string path)
    {
        using var folder = new PluginFolder("GoodFormat");
        string pipe = Path.Combine(folder.Path, path);
        Directory.CreateDirectory(Path.GetDirectoryName(pipe)!);
        Pipe.Make(pipe);

        PluginCatalog catalog = folder.Load();

        Assert.Equal("TestPlugins.GoodFormat", Assert.Single(catalog.Plugins).Name);
        Assert.Contains(
            $"'{pipe}' cannot be read as an assembly", Assert.Single(catalog.Rejected, rejection => rejection.Path == pipe).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    public void A_plugin_whose_deps_json_cannot_be_read_ends_no_command(string content)
    {
        using var folder = new PluginFolder("GoodFormat", "EveryKind");
        File.WriteAllText(Path.ChangeExtension(folder.FileOf("EveryKind"), ".deps.json"), content);

        PluginCatalog catalog = folder.Load();

        Assert.Contains(catalog.Plugins, plugin => plugin.Name == "TestPlugins.GoodFormat");
        Assert.All(catalog.Rejected, rejection => Assert.Contains(folder.FileOf("EveryKind"), rejection.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public void A_deps_json_that_is_a_pipe_is_not_waited_for()
    {
        using var folder = new PluginFolder("GoodFormat");
        string settings = Path.ChangeExtension(folder.FileOf("GoodFormat"), ".deps.json");
        File.Delete(settings);
        Pipe.Make(settings);

        Assert.Single(folder.Load().Plugins);
    }

    [Fact]
    public void Plugins_are_found_by_name_in_each_folder()
    {
        using var folder = new PluginFolder("NeedsLibraryV2", "GoodFormat", "EveryKind");

        Assert.Equal(
            ["TestPlugins.EveryKind", "TestPlugins.GoodFormat", "TestPlugins.NeedsLibraryV2"],
            folder.Load().Plugins.Select(plugin => plugin.Name));
    }

    [Fact]
    public void A_folder_that_two_paths_lead_to_is_loaded_once_silently()
    {
        using var folder = new PluginFolder("GoodFormat");
        string own = Path.Combine(folder.Path, "GoodFormat");

        PluginCatalog catalog = PluginFolder.Load(
            folder.Path, folder.Path + Path.DirectorySeparatorChar, Path.Combine(own, ".."), own);

        Assert.Single(catalog.Plugins);
        Assert.Empty(catalog.Rejected);
    }

    [Fact]
    public void A_folder_that_a_link_leads_to_is_loaded_once_silently()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        using var folder = new PluginFolder("GoodFormat");
        using var links = new PluginFolder();
        Directory.CreateSymbolicLink(Path.Combine(links.Path, "all"), folder.Path);
        Directory.CreateSymbolicLink(Path.Combine(links.Path, "one"), Path.Combine(folder.Path, "GoodFormat"));

        PluginCatalog catalog = PluginFolder.Load(
            folder.Path, Path.Combine(links.Path, "all"), Path.Combine(links.Path, "all", "GoodFormat"), Path.Combine(links.Path, "one"));

        Assert.Single(catalog.Plugins);
        Assert.Empty(catalog.Rejected);
    }

    [Theory]
    [InlineData(PluginSource.Environment, "TESSERA_PLUGINS")]
    [InlineData(PluginSource.Option, "option")]
    public void A_named_folder_that_does_not_exist_is_rejected(PluginSource source, string origin)
    {
        PluginRejection rejection = Assert.Single(Load("/no/such/folder", source).Rejected);

        Assert.Contains("/no/such/folder", rejection.Reason.Replace('\\', '/'), StringComparison.Ordinal);
        Assert.Contains("does not exist", rejection.Reason, StringComparison.Ordinal);
        Assert.Contains(origin, rejection.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(PluginSource.Bundled)]
    [InlineData(PluginSource.User)]
    public void A_usual_folder_that_does_not_exist_is_silent(PluginSource source) =>
        Assert.Empty(Load("/no/such/folder", source).Rejected);

    [Theory]
    [InlineData(PluginSource.User, 0)]
    [InlineData(PluginSource.Option, 1)]
    public void An_empty_folder_is_rejected_if_it_was_named(PluginSource source, int rejections)
    {
        using var folder = new PluginFolder();

        Assert.Equal(rejections, Load(folder.Path, source).Rejected.Count);
    }

    [Fact]
    public void A_subfolder_without_a_plugin_is_rejected_by_its_name()
    {
        using var folder = new PluginFolder("GoodFormat", "LibraryV1");

        PluginCatalog catalog = folder.Load();

        Assert.Single(catalog.Plugins);
        PluginRejection rejection = Assert.Single(catalog.Rejected);
        Assert.Equal(Path.Combine(folder.Path, "LibraryV1"), rejection.Path);
        Assert.Contains(rejection.Path, rejection.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Hidden_folders_are_passed_over()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A leading dot hides nothing there.");
        using var folder = new PluginFolder("GoodFormat");
        Directory.CreateDirectory(Path.Combine(folder.Path, ".cache"));

        Assert.Empty(folder.Load().Rejected);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(200)]
    [InlineData(1500)]
    public void A_damaged_file_is_rejected_and_the_plugin_beside_it_serves(int length)
    {
        using var folder = new PluginFolder("GoodFormat");
        string damaged = Path.Combine(folder.Path, "GoodFormat", "Damaged.dll");
        File.WriteAllBytes(damaged, File.ReadAllBytes(folder.FileOf("GoodFormat"))[..length]);

        PluginCatalog catalog = folder.Load();

        Assert.True(catalog.TryGetQuantFormat(GgmlType.Q4_K, out _));
        PluginRejection rejection = Assert.Single(catalog.Rejected);
        Assert.Equal(damaged, rejection.Path);
        Assert.Contains("cannot be read as an assembly", rejection.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Reading_noise_throws_nothing_but_a_bad_image()
    {
        using var folder = new PluginFolder("GoodFormat");
        byte[] image = File.ReadAllBytes(folder.FileOf("GoodFormat"));
        string noisy = Path.Combine(folder.Path, "Noise.dll");
        var random = new Random(17);
        for (int i = 0; i < 500; i++)
        {
            byte[] noise = [.. image];
            for (int flip = 0; flip < 100; flip++)
            {
                noise[random.Next(noise.Length)] = (byte)random.Next(256);
            }

            File.WriteAllBytes(noisy, noise);
            Exception? error = Record.Exception(() => PluginFile.Read(noisy, PluginSource.User));

            Assert.True(error is null or BadImageFormatException, $"{i}: {error}");
        }
    }

    [Fact]
    public void A_native_library_beside_the_plugin_is_passed_over()
    {
        using var folder = new PluginFolder("GoodFormat");
        File.WriteAllBytes(
            Path.Combine(folder.Path, "GoodFormat", "native.dll"), WithoutManagedHeader(File.ReadAllBytes(folder.FileOf("GoodFormat"))));

        PluginCatalog catalog = folder.Load();

        Assert.Empty(catalog.Rejected);
        Assert.Single(catalog.Plugins);
    }

    private static PluginCatalog Load(string path, PluginSource source) =>
        PluginCatalog.Load([new PluginSearchFolder(path, source)], new PluginOptions(), Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);

    /// <summary>Clears the CLI header's entry (number 14 of the PE32 data directories), which leaves an image without metadata.</summary>
    private static byte[] WithoutManagedHeader(byte[] image)
    {
        int optionalHeader = BinaryPrimitives.ReadInt32LittleEndian(image.AsSpan(0x3C)) + 24;
        image.AsSpan(optionalHeader + 96 + (14 * 8), 8).Clear();
        return image;
    }
}
