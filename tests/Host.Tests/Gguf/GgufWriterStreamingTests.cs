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
}
