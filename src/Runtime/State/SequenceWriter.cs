using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Tessera.Runtime.State;

/// <summary>
/// Writes a sequence: a mark, the pool's identity, the tokens, each group's pages by number, what is carried, and the SHA-256 of all that. Numbers are
/// little-endian.
/// </summary>
internal sealed unsafe class SequenceWriter : IDisposable
{
    public static ReadOnlySpan<byte> Mark => "TSEQ0001"u8;

    private readonly Stream _stream;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    private SequenceWriter(Stream stream) => _stream = stream;

    public static void Write(Sequence sequence, Stream stream, CancellationToken cancellationToken)
    {
        using var writer = new SequenceWriter(stream);
        writer.Write(Mark);
        writer.Write(sequence.Pool.Identity);
        writer.Write(sequence.Tokens.Count);
        foreach (int id in sequence.Tokens)
        {
            writer.Write(id);
        }

        foreach (PageTable table in sequence.Tables)
        {
            writer.Write(table.First);
            for (int page = table.First; page < PageLayout.PagesOf(sequence.Tokens.Count); page++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                writer.Write(table[page].Contents);
            }
        }

        if (sequence.Carried is { } carried)
        {
            writer.Write(MemoryMarshal.AsBytes(carried.Values));
        }

        stream.Write(writer._hash.GetHashAndReset());
    }

    public void Dispose() => _hash.Dispose();

    private void Write(int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        Write(bytes);
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(bytes);
        _stream.Write(bytes);
    }
}
