using System.IO.Compression;
using Tessera.Plugins.Management;

namespace Tessera.Host.Tests.Plugins.Management;

public sealed class PluginPackageTests : IDisposable
{
    private const int SymbolicLink = 0xA1FF << 16;

    private static readonly PluginLimits Small = new() { Entries = 4, Bytes = 3 << 20, Ratio = 10 };

    private readonly PluginFolder _folder = new();

    private string Package => Path.Combine(_folder.Path, "package.nupkg");

    private string Target => Path.Combine(_folder.Path, "inner", "target");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("../evil.dll", "leads out of the package")]
    [InlineData("lib/../../evil.dll", "leads out of the package")]
    [InlineData("lib/./evil.dll", "leads out of the package")]
    [InlineData("/tmp/evil.dll", "no relative path")]
    [InlineData("C:/evil.dll", "no relative path")]
    [InlineData("..\\evil.dll", "no relative path")]
    [InlineData("lib\\evil.dll", "no relative path")]
    [InlineData("evil\0.dll", "no relative path")]
    public void A_path_that_is_not_plainly_inside_is_refused_and_nothing_is_written_outside(string name, string reason)
    {
        Pack(archive => Write(archive, name, 10));

        AssertRefused(reason);
        Assert.Equal([Path.Combine(_folder.Path, "inner"), Package], Directory.GetFileSystemEntries(_folder.Path).Order());
        Assert.Equal([Target], Directory.GetFileSystemEntries(Path.Combine(_folder.Path, "inner")));
    }

    [Fact]
    public void A_symbolic_link_is_refused()
    {
        Pack(archive => Write(archive, "lib/link", 10).ExternalAttributes = SymbolicLink);

        AssertRefused("'lib/link' is a symbolic link");
    }

    [Fact]
    public void A_symbolic_link_in_a_folder_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        string source = Directory.CreateDirectory(Path.Combine(_folder.Path, "source")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(source, "root"), "/");

        var error = Assert.Throws<PluginPackageException>(() => new PluginPackage(source, Small).CopyTo(Target));

        Assert.Contains(Path.Combine(source, "root"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_comes_twice_is_refused()
    {
        Pack(archive =>
        {
            Write(archive, "lib/a.dll", 10);
            Write(archive, "lib/A.dll", 10);
        });

        AssertRefused("'lib/A.dll' twice");
    }

    [Fact]
    public void Too_many_entries_are_refused()
    {
        Pack(archive =>
        {
            for (int i = 0; i < 5; i++)
            {
                Write(archive, $"{i}", 1);
            }
        });

        AssertRefused("it holds 5 files, more than the 4");
    }

    [Fact]
    public void Too_many_bytes_are_refused()
    {
        Pack(archive =>
        {
            Write(archive, "a", 2 << 20, CompressionLevel.NoCompression);
            Write(archive, "b", 2 << 20, CompressionLevel.NoCompression);
        });

        AssertRefused("more than the 3145728 bytes");
    }

    [Fact]
    public void A_file_that_grows_too_much_is_refused()
    {
        Pack(archive => Write(archive, "bomb", 2 << 20));

        AssertRefused("'bomb' grows to more than 10 times");
    }

    [Fact]
    public void A_file_that_is_no_archive_is_refused()
    {
        File.WriteAllText(Package, "no archive");

        AssertRefused("is no package");
    }

    private void AssertRefused(string reason)
    {
        Directory.CreateDirectory(Target);

        var error = Assert.Throws<PluginPackageException>(() => new PluginPackage(Package, Small).CopyTo(Target));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains(Package, error.Message, StringComparison.Ordinal);
    }

    private void Pack(Action<ZipArchive> write)
    {
        using ZipArchive archive = ZipFile.Open(Package, ZipArchiveMode.Create);
        write(archive);
    }

    private static ZipArchiveEntry Write(ZipArchive archive, string name, int bytes, CompressionLevel compression = CompressionLevel.Optimal)
    {
        ZipArchiveEntry entry = archive.CreateEntry(name, compression);
        using Stream stream = entry.Open();
        stream.Write(new byte[bytes]);
        return entry;
    }
}
