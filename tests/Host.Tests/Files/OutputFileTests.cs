using System.Diagnostics;
using Tessera.Gguf.Files;

namespace Tessera.Host.Tests.Files;

public sealed class OutputFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tessera-output-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_complete_file_takes_the_place_of_an_earlier_one_with_its_permissions()
    {
        File.WriteAllText(At("a"), "earlier and longer");
        const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherWrite;
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(At("a"), Mode);
        }

        using (OutputFile file = OutputFile.Create(At("a")))
        {
            file.Stream.Write("new"u8);
            file.Stream.Flush();
            Assert.Equal("earlier and longer", File.ReadAllText(At("a")));
            file.Complete();
        }

        Assert.Equal("new", File.ReadAllText(At("a")));
        Assert.Equal(["a"], FilesLeft());
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(At("a")) == Mode);
    }

    [Fact]
    public void What_is_not_completed_leaves_what_was_there()
    {
        File.WriteAllText(At("a"), "earlier");

        foreach (string name in (string[])["a", "b"])
        {
            using OutputFile file = OutputFile.Create(At(name));
            file.Stream.Write("new"u8);
        }

        Assert.Equal("earlier", File.ReadAllText(At("a")));
        Assert.Equal(["a"], FilesLeft());
    }

    [Fact]
    public void Links_are_followed_and_stay()
    {
        _folder.CreateSubdirectory("deep/er");
        File.WriteAllText(At("deep/a"), "earlier");
        Directory.CreateSymbolicLink(At("short"), "deep/er");
        File.CreateSymbolicLink(At("deep/er/link"), "../a");
        File.CreateSymbolicLink(At("to nothing"), "b");

        Write(At("short/link"), "new");
        Write(At("to nothing"), "first");

        Assert.Equal(("new", "first"), (File.ReadAllText(At("deep/a")), File.ReadAllText(At("b"))));
        Assert.Equal(("../a", "b"), (new FileInfo(At("deep/er/link")).LinkTarget, new FileInfo(At("to nothing")).LinkTarget));
        Assert.Equal(["b", "deep", "short", "to nothing"], FilesLeft());
    }

    [Fact]
    public void Links_in_a_circle_are_refused()
    {
        File.CreateSymbolicLink(At("a"), "b");
        File.CreateSymbolicLink(At("b"), "a");

        var error = Assert.Throws<IOException>(() => OutputFile.Create(At("a")));

        Assert.StartsWith($"{At("a")}: the file cannot be written: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipe_is_written_to_and_stays()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "pipes are no files on Windows");
        await MakePipeAsync(At("pipe"));
        File.CreateSymbolicLink(At("link"), "pipe");
        Task<string> reading = Task.Run(() => File.ReadAllText(At("pipe")), TestContext.Current.CancellationToken);

        Write(At("link"), "through");

        Assert.Equal("through", await reading);
        Assert.Equal(FileKind.Pipe, FileStatus.Of(At("pipe"))?.Kind);
        Assert.Equal(["link", "pipe"], FilesLeft());
    }

    [Fact]
    public void A_device_is_written_to_and_stays()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "there is no /dev/full");
        File.CreateSymbolicLink(At("full"), "/dev/full");

        Write("/dev/null", "nothing");
        Assert.Throws<IOException>(() => Write("/dev/full", "too much"));
        Assert.Throws<IOException>(() => Write(At("full"), new string('a', 1 << 20)));

        Assert.Equal((FileKind.Device, FileKind.Device), (FileStatus.Of("/dev/null")?.Kind, FileStatus.Of("/dev/full")?.Kind));
        Assert.Equal(["full"], FilesLeft());
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    public void A_folder_is_refused(string end)
    {
        var error = Assert.Throws<TesseraException>(() => OutputFile.Create(_folder.FullName + end));

        Assert.Contains("this is a folder", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_path_and_a_folder_that_is_not_there_are_refused()
    {
        Assert.Throws<TesseraException>(() => OutputFile.Create(""));
        Assert.StartsWith(At("no/a"), Assert.Throws<IOException>(() => OutputFile.Create(At("no/a"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("./a")]
    [InlineData("link")]
    [InlineData("hard")]
    [InlineData("folder/a")]
    public void What_is_read_is_not_replaced_under_any_name(string name)
    {
        File.WriteAllText(At("a"), "read");
        File.CreateSymbolicLink(At("link"), "a");
        Directory.CreateSymbolicLink(At("folder"), ".");
        HardLink(At("a"), At("hard"));

        var error = Assert.Throws<TesseraException>(() => OutputFile.Create(Path.Combine(_folder.FullName, name), At("missing"), At("a")));

        Assert.Contains("is not replaced", error.Message, StringComparison.Ordinal);
        Assert.Contains(At("a"), error.Message, StringComparison.Ordinal);
        Assert.Equal("read", File.ReadAllText(At("a")));
        Assert.Equal(["a", "folder", "hard", "link"], FilesLeft());
    }

    [Fact]
    public void What_is_read_is_not_replaced_as_an_unfinished_file_either()
    {
        File.WriteAllText(At("a.unfinished"), "read");

        Assert.Throws<TesseraException>(() => OutputFile.Create(At("a"), At("a.unfinished")));

        Assert.Equal("read", File.ReadAllText(At("a.unfinished")));
    }

    [Fact]
    public void A_link_in_the_unfinished_files_place_is_removed_and_not_followed()
    {
        File.WriteAllText(At("other"), "kept");
        File.CreateSymbolicLink(At("a.unfinished"), "other");

        Write(At("a"), "new");

        Assert.Equal(("kept", "new"), (File.ReadAllText(At("other")), File.ReadAllText(At("a"))));
        Assert.Equal(["a", "other"], FilesLeft());
    }

    [Fact]
    public async Task A_pipe_in_the_unfinished_files_place_is_in_the_way()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "pipes are no files on Windows");
        await MakePipeAsync(At("a.unfinished"));

        Assert.Contains("is in the way", Assert.Throws<IOException>(() => OutputFile.Create(At("a"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_may_not_be_written_is_not_replaced()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "a privileged user may write every file");
        File.WriteAllText(At("a"), "earlier");
        File.SetAttributes(At("a"), FileAttributes.ReadOnly);

        Assert.Throws<IOException>(() => OutputFile.Create(At("a")));

        File.SetAttributes(At("a"), FileAttributes.Normal);
        Assert.Equal("earlier", File.ReadAllText(At("a")));
    }

    internal static async Task MakePipeAsync(string path)
    {
        using Process mkfifo = Process.Start("mkfifo", [path]);
        await mkfifo.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private static void Write(string path, string text)
    {
        using OutputFile file = OutputFile.Create(path);
        file.Stream.Write(System.Text.Encoding.UTF8.GetBytes(text));
        file.Complete();
    }

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private IEnumerable<string> FilesLeft() => _folder.GetFileSystemInfos().Select(file => file.Name).Order(StringComparer.Ordinal);

    /// <summary>.NET has no call for it.</summary>
    private static void HardLink(string target, string link)
    {
        using Process process = OperatingSystem.IsWindows()
            ? Process.Start("fsutil", ["hardlink", "create", link, target])
            : Process.Start("ln", [target, link]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
