using FsCheck;
using FsCheck.Fluent;
using Tessera.Conformance;
using Tessera.Gguf;
using static Tessera.Host.Tests.Gguf.GgufTestFiles;

namespace Tessera.Host.Tests.Gguf;

public class GgufWriterTests
{
    private static readonly GgufValueType[] s_numbers = [.. Enum.GetValues<GgufValueType>().Where(t => GgufValue.SizeOf(t) > 0)];

    [Fact]
    public void What_is_written_is_read_and_written_again_to_the_same_bytes() =>
        Prop.ForAll(Content().ToArbitrary(), content =>
        {
            var writer = new GgufWriter(content.Version) { Alignment = content.Alignment };
            foreach ((string key, GgufValue value) in content.Values)
            {
                writer.Set(key, value);
            }

            foreach ((string name, long[] dimensions, byte[] data) in content.Tensors)
            {
                writer.AddTensor(name, GgmlType.I8, dimensions, data);
            }

            byte[] bytes = writer.ToArray();
            using GgufFile file = GgufFile.Read(bytes, Name);
            file.CheckTensors(GeometryOf);

            Assert.Equal(content.Version, file.Version);
            Assert.Equal(0, file.DataStart % content.Alignment);
            Assert.Equal(["general.alignment", .. content.Values.Keys], file.Metadata.Keys);
            foreach ((string key, GgufValue value) in content.Values)
            {
                Assert.True(file.Metadata.TryGetValue(key, out GgufValue? read));
                Assert.Equal((value.Type, value.ElementType, value.Count), (read.Type, read.ElementType, read.Count));
                Assert.Equal(value.Payload, read.Payload);
            }

            Assert.Equal(content.Tensors.Select(t => t.Name), file.Tensors.Select(t => t.Name));
            Assert.Equal(content.Tensors.Select(t => t.Dimensions), file.Tensors.Select(t => t.Dimensions));
            Assert.Equal(content.Tensors.Select(t => t.Data), file.Tensors.Select(t => bytes[(int)t.Offset..(int)(t.Offset + t.Elements)]));
            Assert.Equal(bytes, Copy(file, bytes, t => t.Elements).ToArray());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Theory]
    [InlineData("models/stories3M.Q4_K_M.gguf")]
    [InlineData("models/stories260K.gguf")]
    [InlineData("architectures/llama-moe.gguf")]
    public void A_file_of_the_reference_is_written_again_to_the_same_bytes(string golden)
    {
        byte[] bytes = File.ReadAllBytes(Golden.Path(golden));
        using GgufFile file = GgufFile.Read(bytes, golden);

        byte[] copy = Copy(file, bytes, t => t.ByteLength(GeometryOf(t.Type)!.Value)).ToArray();

        Assert.True(bytes.AsSpan().SequenceEqual(copy));
    }

    [Theory]
    [InlineData(1u)]
    [InlineData(8u)]
    [InlineData(4096u)]
    public void Tensors_begin_at_multiples_of_the_alignment(uint alignment)
    {
        var writer = new GgufWriter { Alignment = alignment };
        writer.AddTensor("a", GgmlType.I8, [5], Bytes(5));
        writer.AddTensor("b", GgmlType.I8, [3], Bytes(3));
        byte[] bytes = writer.ToArray();
        using GgufFile file = GgufFile.Read(bytes, Name);

        Assert.Equal(alignment, writer.Alignment);
        Assert.Equal(0, bytes.Length % alignment);
        Assert.All(file.Tensors, t => Assert.Equal(0, t.Offset % alignment));
        Assert.Equal((alignment + 4) / alignment * alignment, file.Tensors[1].Offset - file.DataStart);
    }

    [Fact]
    public void A_key_that_is_set_again_keeps_its_place_and_a_removed_one_is_gone()
    {
        var writer = new GgufWriter();
        writer.Set("a", 1u);
        writer.Set("b", 2u);
        writer.Set("c", 3u);
        writer.Set("a", "new");

        Assert.True(writer.Remove("b"));
        Assert.False(writer.Remove("b"));
        using GgufFile file = GgufFile.Read(writer.ToArray(), Name);
        Assert.Equal(["a", "c"], file.Metadata.Keys);
        Assert.Equal("new", file.Metadata.GetString("a"));
    }

    [Fact]
    public void What_no_file_can_hold_is_refused()
    {
        var writer = new GgufWriter();
        writer.AddTensor("t", GgmlType.I8, [1], Bytes(1));

        Assert.Throws<ArgumentOutOfRangeException>(() => new GgufWriter(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GgufWriter(4));
        Assert.Throws<ArgumentException>(() => writer.Set("", 1u));
        Assert.Throws<ArgumentException>(() => writer.Set("k", 'c'));
        Assert.ThrowsAny<ArgumentException>(() => writer.Set("k", "\ud800"));
        Assert.ThrowsAny<ArgumentException>(() => writer.SetArray("k", ["\udc00"]));
        Assert.Throws<ArgumentException>(() => writer.Alignment = 0);
        Assert.Throws<ArgumentException>(() => writer.Alignment = 48);
        Assert.Throws<ArgumentException>(() => writer.Set("general.alignment", "32"));
        Assert.Throws<ArgumentException>(() => writer.AddTensor("t", GgmlType.I8, [1], Bytes(1)));
        Assert.Throws<ArgumentException>(() => writer.AddTensor("u", GgmlType.I8, [], Bytes(1)));
        Assert.Throws<ArgumentException>(() => writer.AddTensor("u", GgmlType.I8, [1, 0], Bytes(1)));
        Assert.Throws<ArgumentException>(() => writer.AddTensor("u", GgmlType.I8, [1, 1, 1, 1, 1], Bytes(1)));
    }

    private static GgufWriter Copy(GgufFile file, byte[] bytes, Func<GgufTensor, long> lengthOf)
    {
        var writer = new GgufWriter(file.Version);
        foreach (string key in file.Metadata.Keys)
        {
            file.Metadata.TryGetValue(key, out GgufValue? value);
            writer.Set(key, value!);
        }

        foreach (GgufTensor tensor in file.Tensors)
        {
            writer.AddTensor(tensor.Name, tensor.Type, [.. tensor.Dimensions], bytes.AsMemory((int)tensor.Offset, (int)lengthOf(tensor)));
        }

        return writer;
    }

    private static Gen<FileContent> Content() =>
        from version in Gen.Elements(2, 3)
        from alignment in Gen.Elements(1u, 2u, 16u, 32u, 64u, 1024u)
        from keys in Names()
        from values in Value().ListOf(keys.Length)
        from names in Names()
        from shapes in Gen.Choose(1, 5).Select(e => (long)e).NonEmptyListOf().Select(d => d.Take(4).ToArray()).ListOf(names.Length)
        from seed in Gen.Choose(0, 255)
        select new FileContent(
            version,
            alignment,
            new OrderedDictionary<string, GgufValue>(keys.Zip(values, KeyValuePair.Create)),
            [.. names.Zip(shapes, (name, shape) => (name, shape, Data(shape, seed)))]);

    private static byte[] Data(long[] shape, int seed) => [.. Enumerable.Range(seed, (int)shape.Aggregate(1L, (a, b) => a * b)).Select(i => (byte)i)];

    private static Gen<string> Text() => ArbMap.Default.GeneratorFor<UnicodeString>().Select(s => s.Get ?? "").Where(IsWellFormed);

    private static Gen<string[]> Names() => Text().Where(s => s.Length > 0).ListOf().Select(list => list.Distinct().ToArray());

    private static Gen<GgufValue> Value() => Gen.OneOf(
        Text().Select(t => OfWriter(w => w.Set("k", t))),
        Text().ListOf().Select(t => OfWriter(w => w.SetArray("k", t))),
        from type in Gen.Elements(s_numbers)
        from bytes in NumberBytes(type, 1)
        select new GgufValue(type, type, 1, bytes, -1),
        from type in Gen.Elements(s_numbers)
        from count in Gen.Choose(0, 20)
        from bytes in NumberBytes(type, count)
        select new GgufValue(GgufValueType.Array, type, count, bytes, -1));

    private static Gen<byte[]> NumberBytes(GgufValueType type, int count) =>
        Gen.Choose(0, type == GgufValueType.Bool ? 1 : 255).Select(b => (byte)b).ListOf(count * GgufValue.SizeOf(type)).Select(b => b.ToArray());

    private static GgufValue OfWriter(Action<GgufWriter> set)
    {
        var writer = new GgufWriter();
        set(writer);
        using GgufFile file = GgufFile.Read(writer.ToArray(), Name);
        return file.Metadata.TryGetValue("k", out GgufValue? value) ? value : throw new KeyNotFoundException();
    }

    private static bool IsWellFormed(string text) => text.EnumerateRunes().All(r => r.Value != 0xFFFD);

    private sealed record FileContent(
        int Version, uint Alignment, OrderedDictionary<string, GgufValue> Values, (string Name, long[] Dimensions, byte[] Data)[] Tensors);
}
