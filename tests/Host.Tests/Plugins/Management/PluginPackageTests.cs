using System.IO.Compression;
using Tessera.Plugins;
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

        var error = Assert.Throws<PluginPackageException>(() => new PluginPackage(source, Small, CancellationToken.None).CopyTo(Target));

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

    [Theory]
    [InlineData("CON")]
    [InlineData("lib/nul.dll")]
    [InlineData("lib/Com1.dll")]
    [InlineData("LPT9/a.dll")]
    [InlineData("COM\u00b9")]
    [InlineData("aux .txt")]
    [InlineData("CONIN$")]
    [InlineData("lib/a.")]
    [InlineData("lib /a")]
    [InlineData("a ")]
    [InlineData("lib//a")]
    [InlineData("a?")]
    [InlineData("a*b")]
    [InlineData("a|b")]
    [InlineData("<a>")]
    [InlineData("a\"b")]
    public void A_name_that_is_none_on_Windows_is_refused_everywhere(string name)
    {
        Pack(archive => Write(archive, name, 10));

        AssertRefused($"'{name}' has a name that is a device's or that a system does not take");
        Assert.Empty(Directory.GetFileSystemEntries(Target));
    }

    [Theory]
    [InlineData('a', 256)]
    [InlineData('\u00e9', 128)]
    public void A_name_that_is_too_long_for_a_file_is_refused(char letter, int length)
    {
        string name = new(letter, length);
        Pack(archive => Write(archive, name, 10));

        AssertRefused($"'{name}' has a name that is a device's or that a system does not take");
        Assert.Empty(Directory.GetFileSystemEntries(Target));
    }

    [Theory]
    [InlineData("console.dll")]
    [InlineData("COM10")]
    [InlineData("lib/nullable.dll")]
    [InlineData("a.con")]
    [InlineData(".gitignore")]
    [InlineData("pr\u00fcfung b.dll")]
    public void Names_like_those_are_let_through(string name)
    {
        Pack(archive => Write(archive, name, 10));

        new PluginPackage(Package, Small, CancellationToken.None).CopyTo(Target);

        Assert.True(File.Exists(Path.Combine(Target, name)));
    }

    [Theory]
    [InlineData("a", "A/b")]
    [InlineData("a/b/c", "a/B")]
    [InlineData("a/", "A")]
    public void A_name_that_is_a_file_and_a_folder_is_refused(string first, string second)
    {
        Pack(archive =>
        {
            archive.CreateEntry(first);
            archive.CreateEntry(second);
        });

        AssertRefused("is a file and a folder");
    }

    [Fact]
    public void A_path_that_is_too_long_is_refused()
    {
        Pack(archive => Write(archive, string.Join('/', Enumerable.Repeat("a", 30_000)), 10));

        AssertRefused("an entry's path has 59999 characters");
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Optimal)]
    public void Every_byte_that_changes_in_a_package_is_noticed_or_means_nothing(CompressionLevel compression)
    {
        byte[] content = [.. Enumerable.Range(0, 300).Select(i => (byte)(i * i))];
        Pack(archive =>
        {
            using Stream stream = archive.CreateEntry("lib/a.dll", compression).Open();
            stream.Write(content);
        });
        byte[] package = File.ReadAllBytes(Package);

        for (int i = 0; i < package.Length; i++)
        {
            byte[] damaged = [.. package];
            damaged[i] ^= 0x10;
            File.WriteAllBytes(Package, damaged);
            string target = Path.Combine(Target, $"{i}");
            try
            {
                new PluginPackage(Package, Small, CancellationToken.None).CopyTo(target);
            }
            catch (PluginPackageException e)
            {
                Assert.Contains(Package, e.Message, StringComparison.Ordinal);
                continue;
            }

            // A time, a comment, a name.
            Assert.All(Directory.Exists(target) ? Directory.GetFiles(target, "*", SearchOption.AllDirectories) : [],
                file => Assert.Equal(content, File.ReadAllBytes(file)));
        }
    }

    [Fact]
    public void Every_beginning_of_a_package_is_refused()
    {
        Pack(archive => Write(archive, "lib/a.dll", 300));
        byte[] package = File.ReadAllBytes(Package);

        Assert.All(Enumerable.Range(0, package.Length), length =>
        {
            File.WriteAllBytes(Package, package[..length]);
            AssertRefused("is no package");
        });
    }

    [Fact]
    public void A_package_whose_checksum_is_another_is_refused_with_both()
    {
        Pack(archive => Write(archive, "lib/a.dll", 10, CompressionLevel.NoCompression));
        byte[] package = File.ReadAllBytes(Package);
        // The bytes follow the local header: 30 bytes and the name.
        package[30 + "lib/a.dll".Length] ^= 1;
        File.WriteAllBytes(Package, package);

        AssertRefused("'lib/a.dll' is damaged: its CRC-32 is ");
    }

    [Fact]
    public void A_folder_with_names_that_differ_in_case_alone_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || OperatingSystem.IsMacOS(), "They are one name there.");
        string source = Directory.CreateDirectory(Path.Combine(_folder.Path, "source")).FullName;
        File.WriteAllText(Path.Combine(source, "a.dll"), "a");
        File.WriteAllText(Path.Combine(source, "A.dll"), "A");

        var error = Assert.Throws<PluginPackageException>(() => new PluginPackage(source, Small, CancellationToken.None).CopyTo(Target));

        Assert.Contains("a name that is another file's", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_with_too_many_files_is_refused_before_all_are_listed()
    {
        string source = Path.Combine(_folder.Path, "source");
        for (int i = 0; i < 5; i++)
        {
            Directory.CreateDirectory(Path.Combine(source, $"{i}"));
        }

        var error = Assert.Throws<PluginPackageException>(() => new PluginPackage(source, Small, CancellationToken.None).CopyTo(Target));

        Assert.Contains("more files and folders than any plugin", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipe_in_the_place_of_a_package_is_refused_and_not_waited_for()
    {
        Pipe.Make(Package);

        AssertRefused("no regular file");
    }

    [Fact]
    public void A_device_in_the_place_of_a_package_is_refused()
    {
        Assert.SkipUnless(File.Exists("/dev/zero"), "There is no such device.");

        var error = Assert.Throws<PluginPackageException>(() => new PluginPackage("/dev/zero", Small, CancellationToken.None).CopyTo(Target));

        Assert.Contains("no regular file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipe_in_a_folder_is_not_waited_for()
    {
        string source = Directory.CreateDirectory(Path.Combine(_folder.Path, "source")).FullName;
        Pipe.Make(Path.Combine(source, "pipe"));

        new PluginPackage(source, Small, CancellationToken.None).CopyTo(Target);

        Assert.Equal(0, new FileInfo(Path.Combine(Target, "pipe")).Length);
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

        var error = Assert.Throws<PluginPackageException>(() => new PluginPackage(Package, Small, CancellationToken.None).CopyTo(Target));

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
