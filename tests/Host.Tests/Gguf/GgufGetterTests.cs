using Tessera.Gguf;
using static Tessera.Host.Tests.Gguf.GgufTestFiles;

namespace Tessera.Host.Tests.Gguf;

public class GgufGetterTests
{
    private const long FirstValue = 24 + 8 + 1 + 4;

    [Fact]
    public void A_missing_key_is_named_or_gives_the_default()
    {
        IGgufMetadata metadata = Metadata(w => w.Set("k", 1u));

        GgufException e = Assert.Throws<GgufException>(() => metadata.GetInt32("llama.block_count"));
        Assert.Equal($"{Name}: key 'llama.block_count': required, but the file does not have it.", e.Message);
        Assert.Throws<GgufException>(() => metadata.GetString("x"));
        Assert.Throws<GgufException>(() => metadata.GetSingle("x"));
        Assert.Equal((7, 8L, 9f, true, "s", 5), (
            metadata.GetInt32("x", 7),
            metadata.GetInt64("x", 8),
            metadata.GetSingle("x", 9),
            metadata.GetBoolean("x", true),
            metadata.GetString("x", "s"),
            metadata.GetTokenId("x", 5)));
        Assert.Null(metadata.GetIntegers("x"));
        Assert.Null(metadata.GetFloats("x"));
        Assert.Null(metadata.GetUtf8Strings("x"));
    }

    [Fact]
    public void A_key_of_the_wrong_type_is_named_with_its_offset()
    {
        IGgufMetadata text = Metadata(w => w.Set("k", "text"));
        IGgufMetadata number = Metadata(w => w.Set("k", 1u));
        IGgufMetadata array = Metadata(w => w.SetArray<int>("k", [1]));

        Says(Assert.Throws<GgufException>(() => text.GetInt32("k")), "key 'k'", FirstValue, "expected an integer, found String");
        Says(Assert.Throws<GgufException>(() => text.GetTokenId("k")), "key 'k'", FirstValue, "expected an integer, found String");
        Says(Assert.Throws<GgufException>(() => number.GetString("k")), "key 'k'", FirstValue, "expected a string, found UInt32");
        Says(Assert.Throws<GgufException>(() => number.GetBoolean("k", false)), "key 'k'", FirstValue, "expected a boolean, found UInt32");
        Says(Assert.Throws<GgufException>(() => text.GetSingle("k")), "key 'k'", FirstValue, "expected a floating-point number, found String");
        Says(Assert.Throws<GgufException>(() => number.GetIntegers("k")), "key 'k'", FirstValue, "expected an array of integers, found UInt32");
        Says(Assert.Throws<GgufException>(() => number.GetFloats("k")), "key 'k'", FirstValue, "expected an array of floating-point numbers, found UInt32");
        Says(Assert.Throws<GgufException>(() => array.GetUtf8Strings("k")), "key 'k'", FirstValue, "expected an array of strings, found an array of Int32");
        Says(Assert.Throws<GgufException>(() => array.GetInt64("k", 0)), "key 'k'", FirstValue, "expected an integer, found an array of Int32");
    }

    [Fact]
    public void A_number_is_read_from_every_type_that_holds_it()
    {
        Action<GgufWriter>[] sevens =
        [
            w => w.Set("k", (byte)7), w => w.Set("k", (sbyte)7), w => w.Set("k", (ushort)7), w => w.Set("k", (short)7), w => w.Set("k", 7u), w => w.Set("k", 7),
            w => w.Set("k", 7UL), w => w.Set("k", 7L), w => w.Set("k", 7f), w => w.Set("k", 7d),
        ];
        foreach (IGgufMetadata metadata in sevens.Select(Metadata))
        {
            Assert.Equal((7, 7L, 7L, 7f, 7, 7), (
                metadata.GetInt32("k"),
                metadata.GetInt64("k"),
                metadata.GetInt64("k", 0),
                metadata.GetSingle("k"),
                metadata.GetTokenId("k"),
                metadata.GetUniformInt32("k", 3)));
        }

        Action<GgufWriter>[] arrays =
        [
            w => w.SetArray<byte>("k", [7, 7]), w => w.SetArray<sbyte>("k", [7, 7]), w => w.SetArray<ushort>("k", [7, 7]), w => w.SetArray<short>("k", [7, 7]),
            w => w.SetArray<uint>("k", [7, 7]), w => w.SetArray<int>("k", [7, 7]), w => w.SetArray<ulong>("k", [7, 7]), w => w.SetArray<long>("k", [7, 7]),
            w => w.SetArray<float>("k", [7, 7]), w => w.SetArray<double>("k", [7, 7]),
        ];
        foreach (IGgufMetadata metadata in arrays.Select(Metadata))
        {
            Assert.Equal([7L, 7L], metadata.GetIntegers("k")!);
            Assert.Equal([7f, 7f], metadata.GetFloats("k")!);
            Assert.Equal(7, metadata.GetUniformInt32("k", 2));
        }
    }

    [Theory]
    [InlineData(2.5, "expected an integer, found 2.5")]
    [InlineData(double.NaN, "expected an integer, found NaN")]
    [InlineData(double.PositiveInfinity, "expected an integer, found Infinity")]
    [InlineData(1e10, "out of range")]
    [InlineData(1e300, "out of range")]
    public void A_floating_point_number_is_an_integer_where_it_is_whole_and_fits(double value, string problem) =>
        Says(Assert.Throws<GgufException>(() => Metadata(w => w.Set("k", value)).GetInt32("k")), "key 'k'", FirstValue, problem);

    [Fact]
    public void An_unsigned_integer_of_64_bits_is_a_floating_point_number() =>
        Assert.Equal(18446744073709551616f, Metadata(w => w.Set("k", ulong.MaxValue)).GetSingle("k"));

    [Fact]
    public void A_number_for_each_layer_is_one_where_all_are_equal()
    {
        IGgufMetadata metadata = Metadata(w => w.SetArray<int>("k", [4, 4, 8]));

        Says(Assert.Throws<GgufException>(() => metadata.GetUniformInt32("k", 3)), "key 'k'", FirstValue, "4 in layer 0 and 8 in layer 2");
        Says(Assert.Throws<GgufException>(() => metadata.GetUniformInt32("k", 2)), "key 'k'", FirstValue, "3 numbers for 2 layers");
        Says(Assert.Throws<GgufException>(() => metadata.GetUniformInt32("k", 4, 1)), "key 'k'", FirstValue, "3 numbers for 4 layers");
        IGgufMetadata texts = Metadata(w => w.SetArray("k", ["4"]));
        Says(Assert.Throws<GgufException>(() => texts.GetUniformInt32("k", 1)), "key 'k'", FirstValue, "expected an array of integers");
        Assert.Equal(5, metadata.GetUniformInt32("missing", 3, 5));
        Assert.Throws<GgufException>(() => metadata.GetUniformInt32("missing", 3));
    }

    [Fact]
    public void An_integer_that_does_not_fit_is_named_with_its_offset()
    {
        Says(Assert.Throws<GgufException>(() => Metadata(w => w.Set("k", uint.MaxValue)).GetInt32("k")), "key 'k'", FirstValue, "out of range");
        Says(Assert.Throws<GgufException>(() => Metadata(w => w.Set("k", ulong.MaxValue)).GetInt64("k", 0)), "key 'k'", FirstValue, "out of range");
        Says(Assert.Throws<GgufException>(() => Metadata(w => w.SetArray<ulong>("k", [ulong.MaxValue])).GetIntegers("k")),
            "key 'k'", FirstValue, "out of range");
    }

    [Fact]
    public void Minus_one_is_no_token_however_it_was_written()
    {
        Assert.Equal(-1, Metadata(w => w.Set("k", -1)).GetTokenId("k", 3));
        Assert.Equal(-1, Metadata(w => w.Set("k", -1L)).GetTokenId("k", 3));
        Assert.Equal(-1, Metadata(w => w.Set("k", uint.MaxValue)).GetTokenId("k", 3));
        Assert.Equal(-1, Metadata(w => w.Set("k", (ulong)uint.MaxValue)).GetTokenId("k", 3));
        Assert.Equal(-1, Metadata(w => w.Set("k", ulong.MaxValue)).GetTokenId("k", 3));
        Assert.Equal(-1, Metadata(w => w.Set("k", -1f)).GetTokenId("k", 3));
        Assert.Equal(int.MaxValue, Metadata(w => w.Set("k", (uint)int.MaxValue)).GetTokenId("k", 3));
        Assert.Equal(0, Metadata(w => w.Set("k", 0u)).GetTokenId("k", 3));
    }

    [Fact]
    public void Metadata_outlives_its_file()
    {
        IGgufMetadata metadata;
        using (GgufFile file = GgufFile.Read(SmallModel(2), Name))
        {
            metadata = file.Metadata;
        }

        Assert.Equal("naïve 🦙", metadata.GetString("t.string"));
    }

    private static IGgufMetadata Metadata(Action<GgufWriter> fill)
    {
        var writer = new GgufWriter();
        fill(writer);
        return GgufFile.Read(writer.ToArray(), Name).Metadata;
    }
}
