using Microsoft.Extensions.Logging.Abstractions;
using Tessera.Catalog;
using Tessera.Plugins;
using Tessera.Plugins.Management;

namespace Tessera.Host.Tests.Plugins.Management;

public sealed class LockFileTests : IDisposable
{
    private readonly PluginFolder _folder = new("GoodFormat");
    private readonly PluginFolder _source = new("Plain");
    private readonly string _plain;

    public LockFileTests() =>
        _plain = new PluginStore(_folder.Path).Add(Path.Combine(_source.Path, "Plain"), replace: false, TestContext.Current.CancellationToken);

    public void Dispose()
    {
        _folder.Dispose();
        _source.Dispose();
    }

    [Theory]
    [InlineData("longer")]
    [InlineData("added")]
    [InlineData("deleted")]
    [InlineData("renamed")]
    [InlineData("linked")]
    public void A_plugin_that_changed_since_it_was_added_is_rejected_by_its_file_and_the_others_serve(string change)
    {
        Change(change);

        PluginCatalog catalog = _folder.Load();

        Assert.Equal("TestPlugins.GoodFormat", Assert.Single(catalog.Plugins).Name);
        PluginRejection rejection = Assert.Single(catalog.Rejected, r => r.Path == Path.Combine(_plain, "TestPlugins.Plain.dll"));
        Assert.Contains(rejection.Path, rejection.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_rejection_of_a_changed_plugin_names_both_hashes_and_the_cure()
    {
        File.AppendAllText(Path.Combine(_plain, "TestPlugins.Plain.dll"), " ");

        string reason = Assert.Single(_folder.Load().Rejected).Reason;

        Assert.Contains("changed since it was added", reason, StringComparison.Ordinal);
        Assert.Contains(FolderContents.Hash(_plain), reason, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(_folder.Path, "plugins.lock.json"), reason, StringComparison.Ordinal);
        Assert.Contains("--force", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_named_itself_is_held_to_the_lock_file_above_it()
    {
        File.AppendAllText(Path.Combine(_plain, "TestPlugins.Plain.dll"), " ");

        Assert.Contains(PluginFolder.Load(_plain).Rejected, r => r.Reason.Contains("changed since it was added", StringComparison.Ordinal));
    }

    [Fact]
    public void Only_listed_plugins_are_loaded_where_that_was_asked_for()
    {
        PluginCatalog catalog = Load(PluginSource.User, lockedOnly: true);

        Assert.Equal("TestPlugins.Plain", Assert.Single(catalog.Plugins).Name);
        string reason = Assert.Single(catalog.Rejected).Reason;
        Assert.Contains(_folder.FileOf("GoodFormat"), reason, StringComparison.Ordinal);
        Assert.Contains("is not listed", reason, StringComparison.Ordinal);
        Assert.Equal(2, Load(PluginSource.User, lockedOnly: false).Plugins.Count);
    }

    [Fact]
    public void What_ships_with_the_executable_need_not_be_listed_unless_there_is_a_lock_file()
    {
        using var bundled = new PluginFolder("GoodFormat");

        Assert.Single(PluginCatalog.Load(
            [new PluginSearchFolder(bundled.Path, PluginSource.Bundled)], new PluginOptions { LockedOnly = true }, NullLoggerFactory.Instance).Plugins);
        Assert.Equal("TestPlugins.Plain", Assert.Single(Load(PluginSource.Bundled, lockedOnly: true).Plugins).Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"version":2,"plugins":{}}""")]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("""{"version":1}""")]
    [InlineData("""{"version":1,"plugins":null}""")]
    [InlineData("""{"version":1,"plugins":[]}""")]
    [InlineData("""{"version":"1","plugins":{}}""")]
    [InlineData("""{"version":1e99,"plugins":{}}""")]
    [InlineData("""{"version":1,"version":1,"plugins":{}}""")]
    [InlineData("""{"version":1,"plugins":{}} {}""")]
    [InlineData("""{"version":1,"plugins":{"TestPlugins.Plain":{}}}""")]
    [InlineData("""{"version":1,"plugins":{"TestPlugins.Plain":null}}""")]
    [InlineData("""{"version":1,"plugins":{"TestPlugins.Plain":"a hash"}}""")]
    [InlineData("""{"version":1,"plugins":{"TestPlugins.Plain":{"name":null,"version":"1","sha256":"0"}}}""")]
    [InlineData("""{"version":1,"plugins":{"TestPlugins.Plain":{"name":"a","version":"1","sha256":null}}}""")]
    [InlineData("""{"version":1,"plugins":{"TestPlugins.Plain":{"name":"a","version":"1","sha256":0}}}""")]
    [InlineData("""{"version":1,"plugins":{"a":{"name":"a","version":"1","sha256":"0"},"a":{"name":"a","version":"1","sha256":"0"}}}""")]
    public void A_lock_file_that_cannot_be_read_lets_nothing_through(string content)
    {
        File.WriteAllText(Path.Combine(_folder.Path, "plugins.lock.json"), content);

        PluginCatalog catalog = _folder.Load();

        Assert.Empty(catalog.Plugins);
        Assert.All(catalog.Rejected.Take(2), r => Assert.Contains("plugins.lock.json", r.Reason, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData("/outside")]
    [InlineData("C:\\outside")]
    [InlineData("inner/outside")]
    [InlineData("inner\\outside")]
    [InlineData("NUL")]
    [InlineData("com1.plugin")]
    [InlineData("outside.")]
    [InlineData("outside\n")]
    public void A_lock_file_that_leads_out_of_its_folder_is_refused_by_every_command_and_nothing_outside_changes(string name)
    {
        string outside = Directory.CreateDirectory(Path.Combine(_source.Path, "outside")).FullName;
        File.WriteAllText(
            Path.Combine(_folder.Path, "plugins.lock.json"), $$$$"""{"version":1,"plugins":{"{{{{name}}}}":{"name":"outside","version":"1","sha256":"0"}}}""");
        var store = new PluginStore(_folder.Path);

        Action[] commands =
        [
            () => store.FindMissing(),
            () => store.Remove("outside"),
            () => store.Remove("TestPlugins.Plain"),
            () => store.Remove(name),
            () => store.Add(Path.Combine(_source.Path, "Plain"), replace: true, TestContext.Current.CancellationToken),
        ];

        foreach (Action command in commands)
        {
            var error = Assert.ThrowsAny<TesseraException>(command);
            Assert.Contains("plugins.lock.json", error.Message, StringComparison.Ordinal);
        }

        Assert.Empty(_folder.Load().Plugins);
        Assert.True(Directory.Exists(outside));
        Assert.True(Directory.Exists(_plain));
    }

    [Fact]
    public void A_lock_file_that_is_a_pipe_is_refused_and_not_waited_for()
    {
        string path = Path.Combine(_folder.Path, "plugins.lock.json");
        File.Delete(path);
        Pipe.Make(path);

        Assert.Empty(_folder.Load().Plugins);
        Assert.Throws<PluginPackageException>(() => new PluginStore(_folder.Path).FindMissing());
    }

    private PluginCatalog Load(PluginSource source, bool lockedOnly) =>
        PluginCatalog.Load([new PluginSearchFolder(_folder.Path, source)], new PluginOptions { LockedOnly = lockedOnly }, NullLoggerFactory.Instance);

    private void Change(string change)
    {
        string settings = Path.Combine(_plain, "TestPlugins.Plain.deps.json");
        switch (change)
        {
            case "longer":
                File.AppendAllText(Path.Combine(_plain, "TestPlugins.Plain.dll"), " ");
                break;
            case "added":
                File.WriteAllText(Path.Combine(_plain, "new.txt"), "");
                break;
            case "deleted":
                File.Delete(settings);
                break;
            case "renamed":
                File.Move(settings, Path.Combine(_plain, "renamed.json"));
                break;
            default:
                Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
                File.Move(settings, Path.Combine(_folder.Path, "moved.json"));
                File.CreateSymbolicLink(settings, Path.Combine(_folder.Path, "moved.json"));
                break;
        }
    }
}
