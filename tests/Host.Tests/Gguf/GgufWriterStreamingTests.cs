using Tessera.Gguf;

namespace Tessera.Host.Tests.Gguf;

public class GgufWriterStreamingTests
{
    [Fact]
    public void Data_that_is_made_while_writing_gives_the_same_file()
    {
        byte[] data = [1, 2, 3, 4, 5];
        var whole = new GgufWriter();
        var streaming = new GgufWriter();
        whole.AddTensor("a", GgmlType.I8, [5], data);
        whole.AddTensor("b", GgmlType.I8, [5], data);
        streaming.AddTensor("a", GgmlType.I8, [5], 5, stream => stream.Write(data));
        streaming.AddTensor("b", GgmlType.I8, [5], 5, stream =>
        {
            stream.Write(data.AsSpan(0, 2));
            stream.Write(data.AsSpan(2));
        });

        Assert.Equal(whole.ToArray(), streaming.ToArray());
    }

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void Data_of_another_length_than_promised_is_refused(int length)
    {
        var writer = new GgufWriter();
        writer.AddTensor("a", GgmlType.I8, [5], 5, stream => stream.Write(new byte[length]));

        var error = Assert.Throws<InvalidOperationException>(() => writer.ToArray());

        Assert.Contains("'a'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_takes_the_place_of_an_earlier_one_and_nothing_else_is_left()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("tessera-save-");
        string path = Path.Combine(folder.FullName, "a.gguf");
        File.WriteAllText(path, "earlier");
        File.WriteAllText(path + ".unfinished", "what a process that was killed had left");
        var writer = new GgufWriter();
        writer.AddTensor("a", GgmlType.I8, [5], new byte[] { 1, 2, 3, 4, 5 });

        writer.SaveTo(path);

        Assert.Equal(writer.ToArray(), File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFiles(folder.FullName));
        folder.Delete(recursive: true);
    }

    [Fact]
    public void A_file_that_cannot_be_completed_leaves_the_earlier_one()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("tessera-save-");
        string path = Path.Combine(folder.FullName, "a.gguf");
        File.WriteAllText(path, "earlier");
        var writer = new GgufWriter();
        writer.AddTensor("a", GgmlType.I8, [5], 5, stream => throw new IOException("no space"));

        Assert.Throws<IOException>(() => writer.SaveTo(path));

        Assert.Equal("earlier", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(folder.FullName));
        folder.Delete(recursive: true);
    }

    [Fact]
    public void Two_cannot_write_one_file_at_a_time()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("tessera-save-");
        string path = Path.Combine(folder.FullName, "a.gguf");
        var second = new GgufWriter();
        Exception? refusal = null;
        var first = new GgufWriter();
        first.AddTensor("a", GgmlType.I8, [1], 1, stream =>
        {
            refusal ??= Record.Exception(() => second.SaveTo(path));
            stream.WriteByte(7);
        });

        first.SaveTo(path);

        Assert.IsType<IOException>(refusal);
        Assert.Equal(first.ToArray(), File.ReadAllBytes(path));
        folder.Delete(recursive: true);
    }
}
