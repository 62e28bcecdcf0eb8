using Tessera.Gguf;
using static Tessera.Host.Tests.Gguf.GgufTestFiles;

namespace Tessera.Host.Tests.Gguf;

/// <summary>Strings are bytes, and booleans are bytes too: what is no UTF-8, neither 0 nor 1, is read and kept.</summary>
public class GgufBytesTests
{
    private static readonly byte[] s_cafe = [(byte)'C', (byte)'a', (byte)'f', 0xE9];

    /// <summary>In hexadecimal: bytes that are no UTF-8 alone, between others, at the end, as an encoded surrogate, beyond Unicode, beside a real U+FFFD, and none.</summary>
    public static TheoryData<string> Names => ["C328", "FF", "618062", "F09FA6", "EDB280", "F4908080", "EFBFBD20F09FA699E282", "6E61C3AF7665"];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_key_of_any_bytes_is_found_again_by_its_string(string hexadecimal)
    {
        byte[] name = Convert.FromHexString(hexadecimal);
        using GgufFile file = GgufFile.Read(RawFile(0, 1, (ulong)name.Length, name, 4u, 7u), Name);

        string key = Assert.Single(file.Metadata.Keys);

        Assert.Equal(7, file.Metadata.GetInt32(key));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_tensor_of_any_bytes_is_found_again_by_its_string(string hexadecimal)
    {
        byte[] name = Convert.FromHexString(hexadecimal);
        byte[] header = RawFile(1, 0, (ulong)name.Length, name, 1u, 2UL, 0u, 0UL);
        byte[] bytes = [.. header, .. new byte[-header.Length & 31], .. Bytes(8)];
        using GgufModelFile model = GgufModelFile.From(GgufFile.Read(bytes, Name));

        GgufTensor tensor = Assert.Single(model.Tensors).Value;

        Assert.Equal(tensor, model.Tensors[tensor.Name]);
        Assert.Equal(24, tensor.Error("odd").Offset);
    }

    [Fact]
    public void Names_that_differ_only_in_bytes_that_are_no_UTF_8_are_two()
    {
        using GgufFile file = GgufFile.Read(RawFile(0, 2, 1UL, new byte[] { 0xE8 }, 4u, 1u, 1UL, new byte[] { 0xE9 }, 4u, 2u), Name);

        Assert.Equal([1, 2], file.Metadata.Keys.Select(key => file.Metadata.GetInt32(key)));
    }

    [Fact]
    public void The_writer_gives_every_byte_back()
    {
        byte[] header = RawFile(1, 2, (ulong)s_cafe.Length, s_cafe, 8u, (ulong)s_cafe.Length, s_cafe, "list", 9u, 8u, 1UL, 4UL, s_cafe, 4UL, s_cafe, 1u, 2UL, 0u, 0UL);
        byte[] bytes = [.. header, .. new byte[-header.Length & 31], .. Bytes(8), .. new byte[24]];
        using GgufFile file = GgufFile.Read(bytes, Name);
        var writer = new GgufWriter();
        foreach (string key in file.Metadata.Keys)
        {
            Assert.True(file.Metadata.TryGetValue(key, out GgufValue? value));
            writer.Set(key, value);
        }

        writer.AddTensor(file.Tensors[0].Name, GgmlType.F32, [2], Bytes(8));

        Assert.Equal(bytes, writer.ToArray());
    }

    [Fact]
    public void A_name_that_stands_for_no_bytes_is_refused_by_the_writer()
    {
        var writer = new GgufWriter();
        writer.Set("half \uD83E", 1u);

        Assert.Throws<ArgumentException>(() => writer.ToArray());
    }

    [Fact]
    public void A_text_that_is_no_UTF_8_is_shown_with_replacements_and_kept_as_it_is()
    {
        using GgufFile file = GgufFile.Read(RawFile(0, 2, "name", 8u, 4UL, s_cafe, "list", 9u, 8u, 2UL, "good", 4UL, s_cafe), Name);

        Assert.Equal("Caf\uFFFD", file.Metadata.GetString("name"));
        Assert.True(file.Metadata.TryGetValue("name", out GgufValue? value));
        Assert.Equal(s_cafe, value.Payload.ToArray());
        Assert.Equal(s_cafe, file.Metadata.GetUtf8Strings("list")![1].ToArray());
    }

    [Fact]
    public void A_message_shows_bytes_that_are_no_UTF_8_as_numbers() =>
        Refuses(RawFile(0, 1, 4UL, s_cafe, 13u, 0UL), @"key 'Caf\xE9'", 36, "value type 13 does not exist");

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(255, true)]
    public void Every_byte_but_0_is_true(byte stored, bool expected)
    {
        using GgufFile file = GgufFile.Read(RawFile(0, 2, "one", 7u, stored, "list", 9u, 7u, 2UL, new byte[] { stored, 0 }), Name);

        Assert.Equal(expected, file.Metadata.GetBoolean("one", !expected));
        Assert.Equal([expected ? 1 : 0, 0], file.Metadata.GetIntegers("list")!);
    }
}
