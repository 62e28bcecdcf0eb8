using System.Buffers.Binary;

namespace Tessera.Tokenizer.Bpe;

/// <summary>Compares byte strings by content, so that a span finds its entry in a dictionary. Fast: loading a vocabulary looks up a million of them.</summary>
internal sealed class Utf8Comparer : IEqualityComparer<ReadOnlyMemory<byte>>, IAlternateEqualityComparer<ReadOnlySpan<byte>, ReadOnlyMemory<byte>>
{
    public static Utf8Comparer Instance { get; } = new();

    public ReadOnlyMemory<byte> Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

    public bool Equals(ReadOnlySpan<byte> alternate, ReadOnlyMemory<byte> other) => alternate.SequenceEqual(other.Span);

    public bool Equals(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) => x.Span.SequenceEqual(y.Span);

    public int GetHashCode(ReadOnlyMemory<byte> obj) => GetHashCode(obj.Span);

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        ulong hash = (ulong)alternate.Length;
        for (; alternate.Length >= sizeof(ulong); alternate = alternate[sizeof(ulong)..])
        {
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(alternate));
        }

        ulong rest = 0;
        foreach (byte value in alternate)
        {
            rest = (rest << 8) | value;
        }

        return (int)Mix(hash ^ rest);
    }

    private static ulong Mix(ulong value)
    {
        value *= 0x9E3779B97F4A7C15UL;
        return value ^ (value >> 32);
    }
}
