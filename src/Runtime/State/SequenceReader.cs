using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Tessera.Runtime.State;

/// <summary>
/// Reads what <see cref="SequenceWriter"/> wrote. Memory is taken as the stream brings what goes there, and no number of it is believed before.
/// </summary>
internal sealed class SequenceReader(StatePool pool, Stream stream, CancellationToken cancellationToken)
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <exception cref="TesseraException">It is no sequence of this model and cache type, damaged, or does not fit the pool.</exception>
    public Sequence Read()
    {
        Sequence sequence = pool.Create();
        try
        {
            Read(sequence);
            return sequence;
        }
        catch (EndOfStreamException e)
        {
            sequence.Dispose();
            throw new TesseraException("The saved sequence is cut off.", e);
        }
        catch
        {
            sequence.Dispose();
            throw;
        }
        finally
        {
            _hash.Dispose();
        }
    }

    private void Read(Sequence sequence)
    {
        Span<byte> mark = stackalloc byte[SequenceWriter.Mark.Length];
        Fill(mark);
        Expect(mark.SequenceEqual(SequenceWriter.Mark), "it is no saved sequence");
        Span<byte> identity = stackalloc byte[pool.Identity.Length];
        Fill(identity);
        Expect(identity.SequenceEqual(pool.Identity), "it was saved by another model, or with another type of cache");
        int count = ReadInt32();
        Expect(count >= 0, "its length is negative");
        for (int i = 0; i < count; i++)
        {
            sequence.Load(ReadInt32());
        }

        foreach (PageTable table in sequence.Tables)
        {
            int first = ReadInt32();
            int pages = PageLayout.PagesOf(count);
            Expect(first >= 0 && first <= table.Group.FirstPage(count) && first <= pages, "its pages do not go with its length");
            table.Skip(first);
            for (int page = first; page < pages; page++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Page next = pool.TakePage(table.Group);
                table.Add(next);
                Fill(next.Contents);
            }
        }

        if (sequence.Carried is { } carried)
        {
            Fill(MemoryMarshal.AsBytes(carried.Values));
            carried.MoveTo(count);
        }

        Span<byte> expected = stackalloc byte[SHA256.HashSizeInBytes];
        _hash.GetHashAndReset(expected);
        Span<byte> actual = stackalloc byte[SHA256.HashSizeInBytes];
        stream.ReadExactly(actual);
        Expect(actual.SequenceEqual(expected), "its checksum does not agree");
    }

    private int ReadInt32()
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        Fill(bytes);
        return BinaryPrimitives.ReadInt32LittleEndian(bytes);
    }

    private void Fill(Span<byte> bytes)
    {
        stream.ReadExactly(bytes);
        _hash.AppendData(bytes);
    }

    private static void Expect(bool holds, string problem)
    {
        if (!holds)
        {
            throw new TesseraException($"The saved sequence cannot be used: {problem}.");
        }
    }
}
