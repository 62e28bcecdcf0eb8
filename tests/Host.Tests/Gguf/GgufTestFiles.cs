using System.Buffers.Binary;
using System.Text;
using Tessera.Gguf;
using Tessera.Quantization;

namespace Tessera.Host.Tests.Gguf;

/// <summary>Files in memory, good ones by the writer and bad ones piece by piece.</summary>
internal static class GgufTestFiles
{
    public const string Name = "test.gguf";

    /// <summary>Every format that the tests use, so that the host needs no plugin.</summary>
    public static BlockGeometry? GeometryOf(GgmlType type) => type switch
    {
        GgmlType.F32 => new BlockGeometry(1, 4),
        GgmlType.F16 or GgmlType.BF16 => new BlockGeometry(1, 2),
        GgmlType.I8 => new BlockGeometry(1, 1),
        GgmlType.Q8_0 => new BlockGeometry(32, 34),
        GgmlType.Q4_K => new BlockGeometry(256, 144),
        GgmlType.Q5_K => new BlockGeometry(256, 176),
        GgmlType.Q6_K => new BlockGeometry(256, 210),
        GgmlType.MXFP4 => new BlockGeometry(32, 17),
        _ => null,
    };

    /// <summary>
    /// The pieces one after the other, little-endian: 32 and 64 bits, bytes as they are, a text as its 64-bit length and its UTF-8.
    /// </summary>
    public static byte[] Raw(params object[] pieces)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        foreach (object piece in pieces)
        {
            switch (piece)
            {
                case byte value: writer.Write(value); break;
                case uint value: writer.Write(value); break;
                case ulong value: writer.Write(value); break;
                case byte[] value: writer.Write(value); break;
                case string value:
                    writer.Write((ulong)Encoding.UTF8.GetByteCount(value));
                    writer.Write(Encoding.UTF8.GetBytes(value));
                    break;
                default: throw new ArgumentException($"no form for {piece.GetType()}", nameof(pieces));
            }
        }

        return stream.ToArray();
    }

    /// <summary>A file of version 3 with these counts; the first key or tensor follows at offset 24.</summary>
    public static byte[] RawFile(ulong tensors, ulong keys, params object[] pieces) => Raw(["GGUF"u8.ToArray(), 3u, tensors, keys, .. pieces]);

    /// <summary>Expects the file to be refused, with a message that names the file, the place, the offset and the problem.</summary>
    public static void Refuses(byte[] file, string place, long offset, string problem)
    {
        GgufException e = Assert.Throws<GgufException>(() =>
        {
            using GgufFile opened = GgufFile.Read(file, Name);
            opened.CheckTensors(GeometryOf);
        });
        Says(e, place, offset, problem);
    }

    public static void Says(GgufException e, string place, long offset, string problem)
    {
        Assert.Equal((Name, place, offset), (e.File, e.Place, e.Offset));
        Assert.StartsWith($"{Name}: {place}: ", e.Message, StringComparison.Ordinal);
        Assert.Contains(problem, e.Message, StringComparison.Ordinal);
        Assert.EndsWith($" (at offset {offset}).", e.Message, StringComparison.Ordinal);
    }

    /// <summary>Where a text stands in a file.</summary>
    public static int OffsetOf(byte[] file, string text) => file.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text));

    public static byte[] With(this byte[] file, int offset, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(offset), value);
        return file;
    }

    public static byte[] With(this byte[] file, int offset, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(offset), value);
        return file;
    }

    /// <summary>One key of each of the thirteen types.</summary>
    public static GgufWriter SetEveryType(this GgufWriter writer)
    {
        writer.Set("t.uint8", byte.MaxValue);
        writer.Set("t.int8", sbyte.MinValue);
        writer.Set("t.uint16", ushort.MaxValue);
        writer.Set("t.int16", short.MinValue);
        writer.Set("t.uint32", uint.MaxValue);
        writer.Set("t.int32", int.MinValue);
        writer.Set("t.float32", float.Epsilon);
        writer.Set("t.bool", true);
        writer.Set("t.string", "naïve 🦙");
        writer.SetArray("t.array", ["one", "", "drei"]);
        writer.Set("t.uint64", (ulong)long.MaxValue);
        writer.Set("t.int64", long.MinValue);
        writer.Set("t.float64", Math.PI);
        return writer;
    }

    /// <summary>A small model: every value type, a vocabulary of so many tokens, tensors of five formats.</summary>
    public static byte[] SmallModel(int tokens)
    {
        GgufWriter writer = new GgufWriter().SetEveryType();
        writer.Alignment = 64;
        writer.SetArray("tokenizer.ggml.tokens", Enumerable.Range(0, tokens).Select(i => $"token-{i}"));
        writer.SetArray("tokenizer.ggml.scores", Enumerable.Range(0, tokens).Select(i => -(float)i).ToArray());
        writer.SetArray("tokenizer.ggml.token_type", Enumerable.Repeat(1, tokens).ToArray());
        writer.Set("tokenizer.ggml.bos_token_id", 1u);
        writer.AddTensor("token_embd.weight", GgmlType.Q8_0, [32, 4], Bytes(4 * 34));
        writer.AddTensor("blk.0.attn_q.weight", GgmlType.Q4_K, [256, 2], Bytes(2 * 144));
        writer.AddTensor("blk.0.ffn_up.weight", GgmlType.F16, [3, 5, 2, 1], Bytes(60));
        writer.AddTensor("output_norm.weight", GgmlType.F32, [7], Bytes(28));
        writer.AddTensor("private", (GgmlType)4711, [12], Bytes(5));
        return writer.ToArray();
    }

    public static byte[] Bytes(int count) => [.. Enumerable.Range(1, count).Select(i => (byte)(i * 37))];
}
