using System.Text;
using Tessera.Gguf;
using Tessera.Tokenization;

namespace Tessera.Tokenizer.Spm.Tests;

/// <summary>Writes a GGUF file's vocabulary as the tokenizer.model that it came from, and reads that.</summary>
internal sealed class SentencePieceFile : ITokenizerFactory
{
    public ulong ModelType { get; init; } = 2;

    public byte[] Map { get; init; } = [];

    public bool RemovesSpaces { get; init; }

    public bool AddsPrefix { get; init; } = true;

    public ITokenizer Create(IGgufMetadata metadata, TokenizerOptions options)
    {
        var reader = new SpmTokenizerFactory();
        byte[] content = Write(metadata);
        Assert.True(reader.Recognizes(content));
        return reader.Read(content, "some/tokenizer.model", metadata, options);
    }

    public byte[] Write(IGgufMetadata metadata)
    {
        var file = new MemoryStream();
        IReadOnlyList<ReadOnlyMemory<byte>> texts = metadata.GetUtf8Strings("tokenizer.ggml.tokens")!;
        long[] types = metadata.GetIntegers("tokenizer.ggml.token_type")!;
        float[] scores = metadata.GetFloats("tokenizer.ggml.scores")!;
        for (int id = 0; id < texts.Count; id++)
        {
            var piece = new MemoryStream();
            WriteBytes(piece, 1, texts[id].Span);
            WriteVarint(piece, (2 << 3) | 5);
            piece.Write(BitConverter.GetBytes(scores[id]));
            WriteInteger(piece, 3, (ulong)types[id]);
            WriteBytes(file, 1, piece.ToArray());
        }

        var trainer = new MemoryStream();
        WriteBytes(trainer, 1, Encoding.UTF8.GetBytes("input.txt"));
        WriteInteger(trainer, 3, ModelType);
        WriteInteger(trainer, 43, ulong.MaxValue);
        WriteBytes(file, 2, trainer.ToArray());
        var normalizer = new MemoryStream();
        WriteBytes(normalizer, 1, Encoding.UTF8.GetBytes("identity"));
        WriteBytes(normalizer, 2, Map);
        WriteInteger(normalizer, 3, AddsPrefix ? 1u : 0);
        WriteInteger(normalizer, 4, RemovesSpaces ? 1u : 0);
        WriteBytes(file, 3, normalizer.ToArray());
        return file.ToArray();
    }

    private static void WriteBytes(MemoryStream stream, uint field, ReadOnlySpan<byte> bytes)
    {
        WriteVarint(stream, (field << 3) | 2);
        WriteVarint(stream, (ulong)bytes.Length);
        stream.Write(bytes);
    }

    private static void WriteInteger(MemoryStream stream, uint field, ulong value)
    {
        WriteVarint(stream, field << 3);
        WriteVarint(stream, value);
    }

    private static void WriteVarint(MemoryStream stream, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            stream.WriteByte((byte)(value | 0x80));
        }

        stream.WriteByte((byte)value);
    }
}
