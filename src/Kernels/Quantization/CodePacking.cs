using System.Runtime.Intrinsics;

namespace Tessera.Kernels.Quantization;

/// <summary>Where codes of a byte each go in layouts that several formats have.</summary>
public static unsafe class CodePacking
{
    /// <summary>32 codes in 16 bytes: the first 16 are the low nibbles, the others the high nibbles. Further bits are dropped.</summary>
    public static void Nibbles(byte* codes, byte* packed) =>
        ((Vector128.Load(codes) & Vector128.Create((byte)0xF)) | (Vector128.Load(codes + Vector128<byte>.Count) << 4)).Store(packed);

    /// <summary>The fifth bits of 32 codes in 4 bytes, code c's in bit c.</summary>
    public static void FifthBits(byte* codes, byte* packed)
    {
        for (int i = 0; i < 4; i++)
        {
            uint bits = 0;
            for (int bit = 0; bit < 8; bit++)
            {
                bits |= ((uint)codes[(8 * i) + bit] >> 4) << bit;
            }

            packed[i] = (byte)bits;
        }
    }

    /// <summary>The lower two bits of 256 codes in 64 bytes: 32 bytes hold 128 codes, those of a group of 32 in two bits of each, from bit 0 on.</summary>
    public static void TwoBits(byte* codes, byte* packed)
    {
        const int Group = 32;
        var mask = Vector256.Create((byte)3);
        for (int half = 0; half < 2; half++, codes += 4 * Group, packed += Group)
        {
            Vector256<byte> bytes = Vector256<byte>.Zero;
            for (int group = 0; group < 4; group++)
            {
                bytes |= (Vector256.Load(codes + (group * Group)) & mask) << (2 * group);
            }

            bytes.Store(packed);
        }
    }
}
