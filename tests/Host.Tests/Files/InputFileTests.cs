using System.Text;
using Tessera.Gguf.Files;
using Tessera.Workbench.Importance;
using Tessera.Workbench.Tracing;

namespace Tessera.Host.Tests.Files;

public sealed class InputFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tessera-input-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1 << 16)]
    [InlineData(200_001)]
    public void A_file_is_read_as_it_is(int length)
    {
        byte[] content = new byte[length];
        new Random(length).NextBytes(content);
        File.WriteAllBytes(At("a"), content);

        Assert.Equal(content, InputFile.ReadAll(At("a")));
        Assert.Equal(content, InputFile.ReadAll(new Trickle(content), "stream"));
    }

    [Fact]
    public void A_file_that_is_too_large_is_refused_before_it_is_read()
    {
        using (FileStream file = File.Create(At("sparse")))
        {
            file.SetLength(InputFile.MostBytes + 1L);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        Refuses(At("sparse"), $"{InputFile.MostBytes} bytes", path => InputFile.ReadAll(path));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 16);
    }

    [Fact]
    public void An_endless_device_is_read_no_further_than_is_said()
    {
        Assert.SkipUnless(File.Exists("/dev/zero"), "there is no /dev/zero");

        Refuses("/dev/zero", $"{InputFile.MostBytes} bytes", path => InputFile.ReadAll(path));
        Refuses("/dev/zero", $"line 1: it has more than {InputFile.MostLineBytes} bytes", path => Assert.Empty(InputFile.ReadLines(path)));
        Refuses("/dev/zero", "no regular file", path => InputFile.OpenRegular(path));
        Assert.False(InputFile.BeginsWith("/dev/zero", [0]));
        Assert.Throws<Tessera.Gguf.GgufException>(() => ImportanceMatrix.Load("/dev/zero"));
        Assert.Throws<InputFileException>(() => TraceFile.Read("/dev/zero"));
    }

    [Fact]
    public async Task A_named_pipe_is_refused_without_waiting_for_a_writer()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "pipes are no files on Windows");
        await OutputFileTests.MakePipeAsync(At("pipe"));
        File.CreateSymbolicLink(At("link"), "pipe");

        foreach (string name in (string[])["pipe", "link"])
        {
            Refuses(At(name), "named pipe", path => InputFile.ReadAll(path));
            Refuses(At(name), "named pipe", path => Assert.Empty(InputFile.ReadLines(path)));
            Refuses(At(name), "no regular file", path => InputFile.OpenRegular(path));
            Refuses(At(name), "named pipe", path => TraceFile.Read(path));
            Assert.Throws<Tessera.Gguf.GgufException>(() => ImportanceMatrix.Load(At(name)));
        }
    }

    [Fact]
    public void What_is_no_file_is_refused_by_name()
    {
        Refuses(_folder.FullName, "this is a folder", path => InputFile.ReadAll(path));
        Refuses(_folder.FullName, "this is a folder", path => InputFile.OpenRegular(path));
        Refuses(At("none"), "there is no such file", path => InputFile.ReadAll(path));
        Refuses(At("no/such/folder"), "there is no such file", path => InputFile.OpenRegular(path));
        Refuses(File.CreateSymbolicLink(At("link"), "nothing").FullName, "there is no such file", path => InputFile.ReadAll(path));
        Assert.Throws<InputFileException>(() => InputFile.ReadAll(""));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a", "a")]
    [InlineData("a\nb\n", "a", "b")]
    [InlineData("\n\na\r\nb", "", "", "a\r", "b")]
    public void Lines_end_with_a_line_feed(string content, params string[] expected)
    {
        File.WriteAllText(At("a"), content);

        Assert.Equal(expected, InputFile.ReadLines(At("a")).Select(line => Encoding.UTF8.GetString(line.Span)));
    }

    [Fact]
    public void Lines_may_be_longer_than_the_buffer()
    {
        string[] lines = [.. Enumerable.Range(0, 8).Select(i => new string((char)('a' + i), 50_000 * i))];
        File.WriteAllText(At("a"), string.Join('\n', lines));

        Assert.Equal(lines, InputFile.ReadLines(At("a")).Select(line => Encoding.UTF8.GetString(line.Span)));
    }

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private static void Refuses(string path, string problem, Action<string> read)
    {
        var error = Assert.Throws<InputFileException>(() => read(path));
        Assert.StartsWith($"{path}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    /// <summary>Tells no length, and gives a byte or a few at a time.</summary>
    private sealed class Trickle(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 1 + (buffer.Length / 3))]);
    }
}
