using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Tessera.Gguf;

namespace Tessera.ModelFactory;

/// <summary>
/// Writes weights with a mean of 0 and a standard deviation of about 0.02 directly as a format's blocks: random bits, with block scales
/// that keep them in bounds.
/// </summary>
internal sealed class RandomBlocks
{
    private const double Deviation = 0.02;
    private const int ChunkBlocks = 4096;

    // Standard deviations of uniform integers: n values in a row have sqrt((n² - 1) / 12).
    private const double FourBits = 4.61;
    private const double FiveBits = 9.23;
    private const double SixBits = 18.47;
    private const double EightBits = 73.9;
    private const double RootMeanSquareOfSixBitScales = 36.4;

    private readonly Action<Span<byte>> _finish;

    private RandomBlocks(int elements, int bytes, Action<Span<byte>> finish)
    {
        Elements = elements;
        Bytes = bytes;
        _finish = finish;
    }

    /// <summary>Weights per block.</summary>
    public int Elements { get; }

    /// <summary>Bytes per block.</summary>
    public int Bytes { get; }

    public static RandomBlocks For(GgmlType type) => type switch
    {
        GgmlType.F32 => Uniform(sizeof(float), BinaryPrimitives.WriteSingleLittleEndian),
        GgmlType.F16 => Uniform(sizeof(ushort), (target, value) => BinaryPrimitives.WriteHalfLittleEndian(target, (Half)value)),
        GgmlType.BF16 => Uniform(sizeof(ushort), (target, value) => BinaryPrimitives.WriteUInt16LittleEndian(target, (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16))),
        GgmlType.Q4_K => WithMinimums(144, Deviation / (FourBits * RootMeanSquareOfSixBitScales), 7.5),
        GgmlType.Q5_K => WithMinimums(176, Deviation / (FiveBits * RootMeanSquareOfSixBitScales), 15.5),
        GgmlType.Q6_K => WithScale(256, 210, 208, Deviation / (SixBits * EightBits)),
        GgmlType.Q8_0 => WithScale(32, 34, 0, Deviation / EightBits),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "no random blocks for this format"),
    };

    /// <summary>Bytes of so many weights.</summary>
    public long Length(long elements) => elements / Elements * Bytes;

    public void Write(Stream stream, long elements, ulong seed)
    {
        byte[] chunk = new byte[ChunkBlocks * Bytes];
        for (long left = elements / Elements; left > 0; left -= ChunkBlocks)
        {
            Span<byte> blocks = chunk.AsSpan(0, (int)Math.Min(left, ChunkBlocks) * Bytes);
            seed = Fill(blocks, seed);
            _finish(blocks);
            stream.Write(blocks);
        }
    }

    /// <summary>SplitMix64 (Steele, Lea and Flood 2014).</summary>
    private static ulong Fill(Span<byte> bytes, ulong seed)
    {
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = Mix(seed += 0x9E3779B97F4A7C15);
        }

        ulong last = Mix(seed += 0x9E3779B97F4A7C15);
        MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in last))[..(bytes.Length % sizeof(ulong))].CopyTo(bytes[(words.Length * sizeof(ulong))..]);
        return seed;
    }

    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }

    /// <summary>One of 256 values evenly spread, chosen by an element's first random byte.</summary>
    private static RandomBlocks Uniform(int bytes, WriteValue write)
    {
        byte[] table = new byte[256 * bytes];
        for (int i = 0; i < 256; i++)
        {
            write(table.AsSpan(i * bytes), (float)((i - 127.5) * Deviation / EightBits));
        }

        return new RandomBlocks(1, bytes, values =>
        {
            for (int i = 0; i < values.Length; i += bytes)
            {
                table.AsSpan(values[i] * bytes, bytes).CopyTo(values[i..]);
            }
        });
    }

    private static RandomBlocks WithScale(int elements, int bytes, int offset, double scale) => new(elements, bytes, blocks =>
    {
        for (int block = 0; block < blocks.Length; block += bytes)
        {
            BinaryPrimitives.WriteHalfLittleEndian(blocks[(block + offset)..], (Half)scale);
        }
    });

    /// <summary>Q4_K and Q5_K: d and dmin, then 12 bytes of scales and minimums. Each minimum equals its scale, so that dmin centres the weights.</summary>
    private static RandomBlocks WithMinimums(int bytes, double scale, double centre) => new(256, bytes, blocks =>
    {
        for (int first = 0; first < blocks.Length; first += bytes)
        {
            Span<byte> block = blocks[first..];
            BinaryPrimitives.WriteHalfLittleEndian(block, (Half)scale);
            BinaryPrimitives.WriteHalfLittleEndian(block[2..], (Half)(scale * centre));
            block[4..8].CopyTo(block[8..]);
            for (int i = 12; i < 16; i++)
            {
                block[i] = (byte)((block[i] & 0xF) * 0x11);
            }
        }
    });

    private delegate void WriteValue(Span<byte> target, float value);
}
