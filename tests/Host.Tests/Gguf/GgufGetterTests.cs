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
        Says(Assert.Throws<GgufException>(() => number.GetSingle("k")), "key 'k'", FirstValue, "expected a floating-point number, found UInt32");
        Says(Assert.Throws<GgufException>(() => number.GetIntegers("k")), "key 'k'", FirstValue, "expected an array of integers, found UInt32");
        Says(Assert.Throws<GgufException>(() => array.GetFloats("k")), "key 'k'", FirstValue, "expected an array of floating-point numbers, found an array of Int32");
        Says(Assert.Throws<GgufException>(() => array.GetUtf8Strings("k")), "key 'k'", FirstValue, "expected an array of strings, found an array of Int32");
        Says(Assert.Throws<GgufException>(() => array.GetInt64("k", 0)), "key 'k'", FirstValue, "expected an integer, found an array of Int32");
    }

    [Fact]
    public void An_integer_that_does_not_fit_is_named_with_its_offset()
    {
        Says(Assert.Throws<GgufException>(() => Metadata(w => w.Set("k", uint.MaxValue)).GetInt32("k")), "key 'k'", FirstValue, "out of range");
        Says(Assert.Throws<GgufException>(() => Metadata(w => w.Set("k", ulong.MaxValue)).GetInt64("k", 0)), "key 'k'", FirstValue, "out of range");
        Says(Assert.Throws<GgufException>(() => Metadata(w => w.SetArray<ulong>("k", [ulong.MaxValue])).GetIntegers("k")), "key 'k'", FirstValue, "out of range");
    }

    [Fact]
    public void Minus_one_is_no_token_however_it_was_written()
    {
        Assert.Equal(-1, Metadata(w => w.Set("k", -1)).GetTokenId("k", 3));
        Assert.Equal(-1, Metadata(w => w.Set("k", -1L)).GetTokenId("k", 3));
        Assert.Equal(-1, Metadata(w => w.Set("k", uint.MaxValue)).GetTokenId("k", 3));
        Assert.Equal(-1, Metadata(w => w.Set("k", (ulong)uint.MaxValue)).GetTokenId("k", 3));
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
