using System.IO.Compression;
using Tessera.Catalog;
using Tessera.Plugins;
using Tessera.Plugins.Management;

namespace Tessera.Host.Tests.Plugins.Management;

public sealed class PluginStoreTests : IDisposable
{
    private const string Name = "TestPlugins.Plain";

    private readonly PluginFolder _source = new("Plain");
    private readonly PluginFolder _folder = new();

    private PluginStore Store => new(Path.Combine(_folder.Path, "store"));

    private string PlainFolder => Path.Combine(_source.Path, "Plain");

    private string LockFile => Path.Combine(Store.Folder, "plugins.lock.json");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _source.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_folder_is_added_under_the_plugins_name_and_listed_with_its_hash()
    {
        string added = Store.Add(PlainFolder, replace: false, Cancellation);

        PluginInfo plugin = Assert.Single(PluginFolder.Load(Store.Folder).Plugins);
        Assert.Equal(Path.Combine(Store.Folder, Name), added);
        Assert.Equal(added, plugin.Folder);
        Assert.True(plugin.IsLocked);
        Assert.Equal("Plain numbers.", plugin.Description);
        Assert.Contains(plugin.ComputeHash(), File.ReadAllText(LockFile), StringComparison.Ordinal);
        Assert.Equal([added, LockFile], Directory.GetFileSystemEntries(Store.Folder).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("lib/net10.0/")]
    [InlineData("tools/plugin/")]
    public void A_package_is_added_wherever_the_plugin_lies_in_it(string prefix)
    {
        string package = Path.Combine(_folder.Path, "Plain.1.0.0.nupkg");
        using (ZipArchive archive = ZipFile.Open(package, ZipArchiveMode.Create))
        {
            archive.CreateEntryFromFile(PlainFolder + $"/{Name}.deps.json", "Plain.nuspec");
            foreach (string file in Directory.GetFiles(PlainFolder))
            {
                archive.CreateEntryFromFile(file, prefix + Path.GetFileName(file));
            }
        }

        string added = Store.Add(package, replace: false, Cancellation);

        Assert.Equal(Directory.GetFiles(PlainFolder).Select(Path.GetFileName).Order(), Directory.GetFiles(added).Select(Path.GetFileName).Order());
        Assert.True(Assert.Single(PluginFolder.Load(Store.Folder).Plugins).IsLocked);
    }

    [Fact]
    public void The_hash_depends_on_the_names_and_bytes_of_all_files_and_on_nothing_else()
    {
        string hash = FolderContents.Hash(PlainFolder);
        string copy = _folder.Copy("Plain", "copy");
        Assert.Equal(hash, FolderContents.Hash(copy));

        File.WriteAllText(Path.Combine(copy, "a"), "");
        string withFile = FolderContents.Hash(copy);
        File.Move(Path.Combine(copy, "a"), Path.Combine(copy, "b"));

        Assert.Equal(3, new HashSet<string> { hash, withFile, FolderContents.Hash(copy) }.Count);
    }

    [Fact]
    public void A_plugin_of_the_same_name_is_replaced_only_by_force()
    {
        string added = Store.Add(PlainFolder, replace: false, Cancellation);
        string marker = Path.Combine(PlainFolder, "new.txt");
        File.WriteAllText(marker, "");

        var error = Assert.Throws<TesseraException>(() => Store.Add(PlainFolder, replace: false, Cancellation));
        Assert.False(File.Exists(Path.Combine(added, "new.txt")));
        Store.Add(PlainFolder, replace: true, Cancellation);

        Assert.Contains(added, error.Message, StringComparison.Ordinal);
        Assert.Contains("--force", error.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(added, "new.txt")));
        Assert.True(Assert.Single(PluginFolder.Load(Store.Folder).Plugins).IsLocked);
    }

    [Theory]
    [InlineData("WrongContract", "built for version 999 of the plugin contract")]
    [InlineData("LibraryV1", "holds no plugin")]
    [InlineData("NoExports", "exports nothing")]
    [InlineData("ThrowingModule", "the module does not start")]
    [InlineData("Throwing", "no luck in Bind")]
    [InlineData("WrongProducts", "its dequantized weights give")]
    public void A_plugin_that_cannot_be_used_is_refused_by_its_path_and_leaves_nothing(string plugin, string reason)
    {
        string path = _source.Copy(plugin, plugin);

        var error = Assert.Throws<PluginPackageException>(() => Store.Add(path, replace: false, Cancellation));

        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Store.Folder, error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Store.Folder));
    }

    [Theory]
    [InlineData("granularity:2147483647", "in tiles of 2147483647")]
    [InlineData("granularity:0", "in tiles of 0")]
    [InlineData("reads:64", "parts of its input (64)")]
    [InlineData("block:2147483647", "2147483647 weights")]
    [InlineData("dispose:throw", "no luck")]
    [InlineData("multiply:unreadable", "what is wrong cannot be read (UnreadableException)")]
    [InlineData("constructor:cancel", "no luck (OperationCanceledException)")]
    [InlineData("static:throw", "no luck")]
    public void A_plugin_that_misbehaves_is_refused_and_leaves_nothing(string fault, string reason)
    {
        string path = _source.Copy("Misbehaving", "Misbehaving");
        File.WriteAllText(Path.Combine(path, "fault"), fault);

        var error = Assert.Throws<PluginPackageException>(() => Store.Add(path, replace: false, Cancellation));

        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Store.Folder));
    }

    [Fact]
    public async Task A_plugin_that_never_ends_can_be_interrupted_and_leaves_nothing()
    {
        string path = _source.Copy("Misbehaving", "Misbehaving");
        string pipe = Path.Combine(_source.Path, "pipe");
        Pipe.Make(pipe);
        File.WriteAllText(Path.Combine(path, "fault"), $"constructor:tell and wait:{pipe}");
        using var interruption = new CancellationTokenSource();
        Task<string> loadedFrom = Task.Run(
            () =>
            {
                using var told = new StreamReader(new FileStream(pipe, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
                string folder = told.ReadToEnd();
                interruption.Cancel();
                return folder;
            },
            Cancellation);

        Assert.ThrowsAny<OperationCanceledException>(() => Store.Add(path, replace: false, interruption.Token));

        Assert.Empty(Directory.GetFileSystemEntries(Store.Folder));
        Assert.False(Directory.Exists(await loadedFrom));
    }

    [Fact]
    public void A_plugin_whose_name_differs_from_anothers_in_case_alone_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || OperatingSystem.IsMacOS(), "They are one name there.");
        string there = Directory.CreateDirectory(Path.Combine(Store.Folder, Name.ToUpperInvariant())).FullName;

        var error = Assert.Throws<TesseraException>(() => Store.Add(PlainFolder, replace: true, Cancellation));

        Assert.Contains(there, error.Message, StringComparison.Ordinal);
        Assert.True(Directory.Exists(there));
    }

    [Fact]
    public void Removing_a_link_leaves_what_it_leads_to()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        Directory.CreateDirectory(Store.Folder);
        Directory.CreateSymbolicLink(Path.Combine(Store.Folder, "linked"), PlainFolder);

        Store.Remove("linked");

        Assert.NotEmpty(Directory.GetFiles(PlainFolder));
        Assert.Equal([LockFile], Directory.GetFileSystemEntries(Store.Folder));
    }

    [Fact]
    public void Two_plugins_in_one_folder_are_refused_by_their_names()
    {
        _source.Copy("Throwing", "Plain/inner");

        var error = Assert.Throws<PluginPackageException>(() => Store.Add(PlainFolder, replace: false, Cancellation));

        Assert.Contains("holds 2 plugins, TestPlugins.Plain and TestPlugins.Throwing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_killed_run_left_is_not_loaded_and_goes_away_with_the_next_one()
    {
        Directory.CreateDirectory(Store.Folder);
        string left = Path.Combine(Store.Folder, ".unfinished-1");
        Directory.Move(_folder.Copy("Plain", "left"), left);

        Assert.Empty(PluginCatalog.Load([new PluginSearchFolder(Store.Folder, PluginSource.User)],
            new PluginOptions(), Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance).Plugins);
        Store.Add(PlainFolder, replace: false, Cancellation);

        Assert.False(Directory.Exists(left));
    }

    [Fact]
    public void A_plugin_that_was_moved_aside_by_a_killed_run_is_put_back()
    {
        string added = Store.Add(PlainFolder, replace: false, Cancellation);
        Directory.Move(added, Path.Combine(Store.Folder, $".replaced-{Name}"));

        Assert.Throws<TesseraException>(() => Store.Add(PlainFolder, replace: false, Cancellation));

        Assert.True(Assert.Single(PluginFolder.Load(Store.Folder).Plugins).IsLocked);
    }

    [Fact]
    public void A_plugin_that_cannot_be_replaced_stays_as_it_was()
    {
        string added = Store.Add(PlainFolder, replace: false, Cancellation);
        string locks = File.ReadAllText(LockFile);
        File.WriteAllText(Path.Combine(PlainFolder, "new.txt"), "");
        // What lies where the old version would be kept is in its way.
        string inTheWay = Path.Combine(Store.Folder, $".replaced-{Name}");
        File.WriteAllText(inTheWay, "");

        var error = Assert.Throws<TesseraException>(() => Store.Add(PlainFolder, replace: true, Cancellation));

        Assert.Contains("nothing changed", error.Message, StringComparison.Ordinal);
        Assert.Equal(locks, File.ReadAllText(LockFile));
        Assert.True(Assert.Single(PluginFolder.Load(Store.Folder).Plugins).IsLocked);
        Assert.Equal(3, Directory.GetFileSystemEntries(Store.Folder).Length);
    }

    [Fact]
    public void An_entry_whose_folder_is_gone_is_found_and_can_be_removed()
    {
        string added = Store.Add(PlainFolder, replace: false, Cancellation);
        Directory.Delete(added, recursive: true);

        Assert.Equal([added], Store.FindMissing());
        Assert.Equal(added, Store.Remove(Name));

        Assert.Empty(Store.FindMissing());
    }

    [Theory]
    [InlineData("testplugins.plain")]
    [InlineData("TestPlugins.Plain")]
    public void A_plugin_is_removed_with_its_entry(string name)
    {
        string added = Store.Add(PlainFolder, replace: false, Cancellation);

        Assert.Equal(added, Store.Remove(name));

        Assert.Equal([LockFile], Directory.GetFileSystemEntries(Store.Folder));
        Assert.DoesNotContain(Name, File.ReadAllText(LockFile), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData(".")]
    [InlineData("Nobody")]
    public void Nothing_else_is_removed(string name)
    {
        string outside = _folder.Copy("Plain", "outside");
        Store.Add(PlainFolder, replace: false, Cancellation);

        Assert.Throws<MissingPluginException>(() => Store.Remove(name));

        Assert.True(Directory.Exists(outside));
        Assert.Single(PluginFolder.Load(Store.Folder).Plugins);
    }
}
