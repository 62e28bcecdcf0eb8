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
    private const double TwoBits = 1.12;
    private const double FourBits = 4.61;
    private const double FiveBits = 9.23;
    private const double SixBits = 18.47;
    private const double EightBits = 73.9;

    // Root mean squares of what does not lie around 0, or not evenly.
    private const double ThreeBitsFromMinusFour = 2.35;
    private const double FourBitScales = 8.8;
    private const double SixBitScales = 36.4;
    private const double SixBitScalesFromMinus32 = 18.5;
    private const double TableOfIQ4 = 67.4;

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
        GgmlType.BF16 => Uniform(
            sizeof(ushort), (target, value) => BinaryPrimitives.WriteUInt16LittleEndian(target, (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16))),
        GgmlType.Q4_K => WithMinimums(144, Deviation / (FourBits * SixBitScales), 7.5),
        GgmlType.Q5_K => WithMinimums(176, Deviation / (FiveBits * SixBitScales), 15.5),
        GgmlType.Q6_K => WithScale(256, 210, 208, Deviation / (SixBits * EightBits)),
        GgmlType.Q8_0 => WithScale(32, 34, 0, Deviation / EightBits),
        GgmlType.Q2_K => WithNibbleMinimums(Deviation / (TwoBits * FourBitScales), 1.5),
        GgmlType.Q3_K => WithScale(256, 110, 108, Deviation / (ThreeBitsFromMinusFour * SixBitScalesFromMinus32)),
        GgmlType.Q4_0 => WithScale(32, 18, 0, Deviation / FourBits),
        GgmlType.Q4_1 => WithMinimum(20, Deviation / FourBits, 7.5),
        GgmlType.Q5_0 => WithScale(32, 22, 0, Deviation / FiveBits),
        GgmlType.Q5_1 => WithMinimum(24, Deviation / FiveBits, 15.5),
        GgmlType.IQ4_NL => WithScale(32, 18, 0, Deviation / TableOfIQ4),
        GgmlType.IQ4_XS => WithScale(256, 136, 0, Deviation / (TableOfIQ4 * SixBitScalesFromMinus32)),
        GgmlType.MXFP4 => WithExponent(17, 120), // 2^-8, and the root mean square of the table is 5.9
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

    /// <summary>The sign is random, so that a table whose mean is not 0 gives weights whose mean is.</summary>
    private static RandomBlocks WithScale(int elements, int bytes, int offset, double scale) => new(elements, bytes, blocks =>
    {
        for (int block = 0; block < blocks.Length; block += bytes)
        {
            double sign = blocks[block + offset] % 2 == 0 ? 1 : -1;
            BinaryPrimitives.WriteHalfLittleEndian(blocks[(block + offset)..], (Half)(sign * scale));
        }
    });

    private static RandomBlocks WithExponent(int bytes, byte exponent) => new(32, bytes, blocks =>
    {
        for (int block = 0; block < blocks.Length; block += bytes)
        {
            blocks[block] = exponent;
        }
    });

    /// <summary>Q4_1 and Q5_1: d and a minimum that is added.</summary>
    private static RandomBlocks WithMinimum(int bytes, double scale, double centre) => new(32, bytes, blocks =>
    {
        for (int block = 0; block < blocks.Length; block += bytes)
        {
            BinaryPrimitives.WriteHalfLittleEndian(blocks[block..], (Half)scale);
            BinaryPrimitives.WriteHalfLittleEndian(blocks[(block + 2)..], (Half)(-scale * centre));
        }
    });

    /// <summary>Q2_K: sixteen scales and minimums of four bits, d and dmin last. Each minimum equals its scale, so that dmin centres the weights.</summary>
    private static RandomBlocks WithNibbleMinimums(double scale, double centre) => new(256, 84, blocks =>
    {
        for (int first = 0; first < blocks.Length; first += 84)
        {
            Span<byte> block = blocks[first..];
            for (int i = 0; i < 16; i++)
            {
                block[i] = (byte)((block[i] & 0xF) * 0x11);
            }

            BinaryPrimitives.WriteHalfLittleEndian(block[80..], (Half)scale);
            BinaryPrimitives.WriteHalfLittleEndian(block[82..], (Half)(scale * centre));
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
