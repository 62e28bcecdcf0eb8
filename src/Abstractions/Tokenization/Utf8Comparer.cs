using System.Buffers.Binary;

namespace Tessera.Tokenization;

/// <summary>Compares token texts by their bytes, so that a span finds its token without becoming a string.</summary>
internal sealed class Utf8Comparer : IEqualityComparer<ReadOnlyMemory<byte>>, IAlternateEqualityComparer<ReadOnlySpan<byte>, ReadOnlyMemory<byte>>
{
    public static Utf8Comparer Instance { get; } = new();

    public bool Equals(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) => x.Span.SequenceEqual(y.Span);

    public bool Equals(ReadOnlySpan<byte> alternate, ReadOnlyMemory<byte> other) => alternate.SequenceEqual(other.Span);

    public int GetHashCode(ReadOnlyMemory<byte> obj) => GetHashCode(obj.Span);

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        ulong hash = (ulong)alternate.Length;
        for (; alternate.Length >= sizeof(ulong); alternate = alternate[sizeof(ulong)..])
        {
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(alternate));
        }

        ulong tail = 0;
        foreach (byte b in alternate)
        {
            tail = (tail << 8) | b;
        }

        return (int)(Mix(hash ^ tail) >> 32);
    }

    public ReadOnlyMemory<byte> Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

    // A multiplication spreads upwards only; the rotation brings the high bits down for the next round.
    private static ulong Mix(ulong value) => ulong.RotateRight((value ^ (value >> 32)) * 0x9E3779B97F4A7C15, 29);
}
