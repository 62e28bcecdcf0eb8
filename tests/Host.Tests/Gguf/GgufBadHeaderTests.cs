using Tessera.Gguf;
using static Tessera.Host.Tests.Gguf.GgufTestFiles;

namespace Tessera.Host.Tests.Gguf;

public class GgufBadHeaderTests
{
    private const ulong Huge = 1UL << 60;
    private static readonly byte[] s_magic = "GGUF"u8.ToArray();

    [Fact]
    public void An_empty_file_is_refused() => Refuses([], "header", 0, "the file is empty");

    [Fact]
    public void A_wrong_magic_is_refused() => Refuses(Raw("GGML"u8.ToArray(), 3u, 0UL, 0UL), "header", 0, "not a GGUF file");

    [Fact]
    public void A_magic_alone_is_refused() => Refuses(s_magic, "header", 0, "not a GGUF file");

    [Fact]
    public void Version_1_is_refused() => Refuses(Raw(s_magic, 1u, 0u, 0u), "header", 4, "version 1 is not supported");

    [Theory]
    [InlineData(0u)]
    [InlineData(4u)]
    [InlineData(uint.MaxValue)]
    public void An_unknown_version_is_refused(uint version) =>
        Refuses(Raw(s_magic, version, 0UL, 0UL), "header", 4, $"version {version} is not supported");

    [Theory]
    [InlineData(0x01000000u)]
    [InlineData(0x02000000u)]
    [InlineData(0x03000000u)]
    public void A_big_endian_file_is_refused(uint version) => Refuses(Raw(s_magic, version, 0UL, 0UL), "header", 4, "big-endian");

    [Theory]
    [InlineData(1)]
    [InlineData(Huge)]
    [InlineData(ulong.MaxValue)]
    public void A_tensor_count_beyond_the_file_is_refused(ulong count) => Refuses(RawFile(count, 0), "header", 8, $"tensor count {count}");

    [Theory]
    [InlineData(1)]
    [InlineData(Huge)]
    [InlineData(ulong.MaxValue)]
    public void A_key_count_beyond_the_file_is_refused(ulong count) => Refuses(RawFile(0, count), "header", 16, $"metadata count {count}");

    [Fact]
    public void A_tensor_count_that_only_the_keys_make_room_for_is_refused() =>
        Refuses(RawFile(2, 1, "key", 8u, new string('x', 100)), "header", 8, "tensor count 2");

    [Theory]
    [InlineData(Huge)]
    [InlineData(ulong.MaxValue)]
    [InlineData(1000)]
    public void A_key_longer_than_the_file_is_refused(ulong length) =>
        Refuses(RawFile(0, 1, length, "padding to a plausible size"), "key 0", 24, $"string length {length}");

    [Fact]
    public void An_empty_key_is_refused() => Refuses(RawFile(0, 1, "", 0u, new byte[8]), "key ''", 24, "the key is empty");

    [Fact]
    public void A_key_that_appears_twice_is_refused() =>
        Refuses(RawFile(0, 2, "key", 0u, (byte)1, "key", 0u, (byte)2), "key 'key'", 40, "appears twice");

    [Theory]
    [InlineData(13u)]
    [InlineData(uint.MaxValue)]
    public void An_unknown_value_type_is_refused(uint type) =>
        Refuses(RawFile(0, 1, "key", type, 0UL), "key 'key'", 35, $"value type {type} does not exist");

    [Fact]
    public void An_unknown_element_type_is_refused() =>
        Refuses(RawFile(0, 1, "key", 9u, 99u, 1UL, (byte)0), "key 'key'", 39, "value type 99 does not exist");

    [Theory]
    [InlineData(0u, 1)]
    [InlineData(5u, 1)]
    [InlineData(8u, 1)]
    [InlineData(9u, 1)]
    [InlineData(12u, 1)]
    [InlineData(0u, Huge)]
    [InlineData(5u, Huge)]
    [InlineData(8u, Huge)]
    [InlineData(9u, Huge)]
    [InlineData(12u, ulong.MaxValue)]
    public void An_array_longer_than_the_file_is_refused(uint elementType, ulong count) =>
        Refuses(RawFile(0, 1, "key", 9u, elementType, count), "key 'key'", 43, $"array length {count}");

    [Fact]
    public void A_string_longer_than_the_file_is_refused() =>
        Refuses(RawFile(0, 1, "key", 8u, Huge), "key 'key'", 39, $"string length {Huge}");

    [Fact]
    public void A_number_cut_short_is_refused() =>
        Refuses(RawFile(0, 1, "key", 10u, 5u), "key 'key'", 39, "the file ends here: 8 bytes are needed and 4 remain");

    [Fact]
    public void Arrays_nested_too_deep_are_refused() =>
        Refuses(RawFile(0, 1, "key", 9u, 9u, 1UL, 9u, 1UL, 9u, 1UL, 9u, 1UL, 9u, 0UL), "key 'key'", 87, "nested deeper than 4");

    [Fact]
    public void A_long_name_is_cut_and_control_characters_are_escaped_in_messages()
    {
        string key = "\u001b[31m\n" + new string('k', 100_000);

        GgufException e = Assert.Throws<GgufException>(() => GgufFile.Read(RawFile(0, 1, key, 13u, 0UL), Name));

        Assert.StartsWith(@"key '\u001B[31m\u000Akkk", e.Place, StringComparison.Ordinal);
        Assert.EndsWith("kkk...'", e.Place, StringComparison.Ordinal);
        Assert.InRange(e.Message.Length, 1, 300);
    }

    [Theory]
    [InlineData(0L, "0 is not a power of two")]
    [InlineData(48L, "48 is not a power of two")]
    [InlineData(uint.MaxValue, "4294967295 is not a power of two")]
    [InlineData(0x7FFFFFFFL, "2147483647 is not a power of two")]
    [InlineData(1L << 32, "4294967296 is not a power of two of 32 bits")]
    [InlineData(long.MinValue, "is not a power of two")]
    [InlineData(-32L, "-32 is not a power of two")]
    public void An_alignment_that_is_no_power_of_two_is_refused(long alignment, string problem) =>
        Refuses(RawFile(0, 1, "general.alignment", 11u, (ulong)alignment), "key 'general.alignment'", 53, problem);

    [Fact]
    public void An_alignment_beyond_63_bits_is_refused() =>
        Refuses(RawFile(0, 1, "general.alignment", 10u, ulong.MaxValue), "key 'general.alignment'", 53, "out of range");

    [Fact]
    public void An_alignment_that_is_a_string_is_refused() =>
        Refuses(RawFile(0, 1, "general.alignment", 8u, "32"), "key 'general.alignment'", 53, "expected an integer, found String");
}
