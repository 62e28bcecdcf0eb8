using Tessera.Gguf;
using static Tessera.Host.Tests.Gguf.GgufTestFiles;

namespace Tessera.Host.Tests.Gguf;

public class GgufReadingTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void All_thirteen_types_are_read_in_both_versions(int version)
    {
        using GgufFile file = GgufFile.Read(new GgufWriter(version).SetEveryType().ToArray(), Name);
        IGgufMetadata metadata = file.Metadata;

        Assert.Equal(version, file.Version);
        Assert.Equal(Enum.GetNames<GgufValueType>().Length, metadata.Keys.Count);
        Assert.Equal(Enum.GetValues<GgufValueType>(), metadata.Keys.Select(k => Value(file, k).Type));
        Assert.All(metadata.Keys, k => Assert.Equal($"t.{Value(file, k).Type}", k, ignoreCase: true));
        Assert.Equal(byte.MaxValue, Value(file, "t.uint8").AsInteger());
        Assert.Equal(sbyte.MinValue, Value(file, "t.int8").AsInteger());
        Assert.Equal(ushort.MaxValue, Value(file, "t.uint16").AsInteger());
        Assert.Equal(short.MinValue, Value(file, "t.int16").AsInteger());
        Assert.Equal(uint.MaxValue, Value(file, "t.uint32").AsInteger());
        Assert.Equal(int.MinValue, Value(file, "t.int32").AsInteger());
        Assert.Equal(float.Epsilon, Value(file, "t.float32").AsFloat());
        Assert.True(Value(file, "t.bool").AsBoolean());
        Assert.Equal("naïve 🦙", Value(file, "t.string").AsString());
        Assert.Equal(["one"u8.ToArray(), [], "drei"u8.ToArray()], Value(file, "t.array").AsUtf8Strings().Select(s => s.ToArray()));
        Assert.Equal(long.MaxValue, Value(file, "t.uint64").AsInteger());
        Assert.Equal(long.MinValue, Value(file, "t.int64").AsInteger());
        Assert.Equal(Math.PI, Value(file, "t.float64").AsFloat());
    }

    [Fact]
    public void Arrays_of_every_number_are_read()
    {
        var writer = new GgufWriter();
        writer.SetArray<byte>("uint8", [0, 255]);
        writer.SetArray<sbyte>("int8", [-128, 127]);
        writer.SetArray<ushort>("uint16", [0, 65535]);
        writer.SetArray<short>("int16", [-32768, 32767]);
        writer.SetArray<uint>("uint32", [0, uint.MaxValue]);
        writer.SetArray<int>("int32", [int.MinValue, int.MaxValue]);
        writer.SetArray<ulong>("uint64", [0, long.MaxValue]);
        writer.SetArray<long>("int64", [long.MinValue, long.MaxValue]);
        writer.SetArray<bool>("bool", [false, true]);
        writer.SetArray<float>("float32", [-0.5f, float.MaxValue]);
        writer.SetArray<double>("float64", [-0.25, 1e30]);
        writer.SetArray<int>("empty", []);
        using GgufFile file = GgufFile.Read(writer.ToArray(), Name);
        IGgufMetadata metadata = file.Metadata;

        Assert.Equal([0L, 255], metadata.GetIntegers("uint8")!);
        Assert.Equal([-128L, 127], metadata.GetIntegers("int8")!);
        Assert.Equal([0L, 65535], metadata.GetIntegers("uint16")!);
        Assert.Equal([-32768L, 32767], metadata.GetIntegers("int16")!);
        Assert.Equal([0L, uint.MaxValue], metadata.GetIntegers("uint32")!);
        Assert.Equal([int.MinValue, int.MaxValue], metadata.GetIntegers("int32")!);
        Assert.Equal([0L, long.MaxValue], metadata.GetIntegers("uint64")!);
        Assert.Equal([long.MinValue, long.MaxValue], metadata.GetIntegers("int64")!);
        Assert.Equal([0L, 1], metadata.GetIntegers("bool")!);
        Assert.Equal([-0.5f, float.MaxValue], metadata.GetFloats("float32")!);
        Assert.Equal([-0.25f, 1e30f], metadata.GetFloats("float64")!);
        Assert.Empty(metadata.GetIntegers("empty")!);
    }

    [Fact]
    public void Nested_arrays_are_kept_as_bytes()
    {
        byte[] nested = Raw(0u, 2UL, (byte)1, (byte)2, 8u, 1UL, "x");
        using GgufFile file = GgufFile.Read(RawFile(0, 1, "key", 9u, 9u, 2UL, nested), Name);
        GgufValue value = Value(file, "key");

        Assert.Equal((GgufValueType.Array, GgufValueType.Array, 2L, 39L), (value.Type, value.ElementType, value.Count, value.Offset));
        Assert.Equal(nested, value.Payload);
    }

    [Fact]
    public void A_file_without_tensors_keys_and_padding_is_valid()
    {
        using GgufFile file = GgufFile.Read(RawFile(0, 0), Name);

        file.CheckTensors(GeometryOf);
        Assert.Empty(file.Tensors);
        Assert.Empty(file.Metadata.Keys);
        Assert.False(file.Metadata.TryGetValue("key", out _));
        Assert.Equal(32, file.DataStart);
    }

    [Fact]
    public void A_vocabulary_without_tensors_is_valid()
    {
        using GgufFile file = GgufFile.Read(RawFile(0, 1, "tokenizer.ggml.tokens", 9u, 8u, 2UL, "a", "b"), Name);

        Assert.Equal(["a"u8.ToArray(), "b"u8.ToArray()], file.Metadata.GetUtf8Strings("tokenizer.ggml.tokens")!.Select(t => t.ToArray()));
    }

    [Fact]
    public void Tensors_are_described_and_their_data_is_found()
    {
        using GgufFile file = GgufFile.Read(SmallModel(3), Name);
        file.CheckTensors(GeometryOf);

        Assert.Equal(0, file.DataStart % 64);
        Assert.Equal(["token_embd.weight", "blk.0.attn_q.weight", "blk.0.ffn_up.weight", "output_norm.weight", "private"], file.Tensors.Select(t => t.Name));
        GgufTensor tensor = file.Tensors[2];
        Assert.Equal((GgmlType.F16, 30L), (tensor.Type, tensor.Elements));
        Assert.Equal([3L, 5, 2, 1], tensor.Dimensions);
        Assert.Equal(60, tensor.ByteLength(GeometryOf(tensor.Type)!.Value));
        Assert.Equal(Bytes(60), DataOf(tensor, 60));
        Assert.Equal((GgmlType)4711, file.Tensors[4].Type);
        Assert.Equal(Bytes(5), DataOf(file.Tensors[4], 5));
    }

    [Fact]
    public void A_tensor_without_dimensions_is_a_single_value()
    {
        using GgufFile file = GgufFile.Read(RawFile(1, 0, "scale", 0u, 0u, 0UL, new byte[40]), Name);
        file.CheckTensors(GeometryOf);

        Assert.Equal([1L], file.Tensors[0].Dimensions);
        Assert.Equal(1, file.Tensors[0].Elements);
    }

    [Fact]
    public void The_same_tensor_is_equal_each_time_and_only_it()
    {
        using GgufFile file = GgufFile.Read(SmallModel(3), Name);
        using GgufFile other = GgufFile.Read(SmallModel(3), Name);

        Assert.Equal(file.Tensors[1], file.Tensors[1]);
        Assert.Equal(file.Tensors[1].GetHashCode(), file.Tensors[1].GetHashCode());
        Assert.NotEqual(file.Tensors[1], file.Tensors[2]);
        Assert.NotEqual(file.Tensors[1], other.Tensors[1]);
    }

    [Fact]
    public unsafe void Data_of_another_files_tensor_or_of_a_closed_file_is_not_given()
    {
        using GgufFile other = GgufFile.Read(SmallModel(3), "other.gguf");
        GgufFile file = GgufFile.Read(SmallModel(3), Name);
        GgufTensor tensor = file.Tensors[0];

        Assert.Throws<ArgumentException>(() => _ = other.DataOf(tensor) == null);
        file.Dispose();
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => _ = file.DataOf(tensor) == null);
    }

    private static GgufValue Value(GgufFile file, string key) =>
        file.Metadata.TryGetValue(key, out GgufValue? value) ? value : throw new KeyNotFoundException(key);

    private static unsafe byte[] DataOf(GgufTensor tensor, int length) => new ReadOnlySpan<byte>(tensor.File.DataOf(tensor), length).ToArray();
}
