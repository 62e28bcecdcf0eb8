using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace Tessera.Kernels.Quantization;

/// <summary>Where codes of a byte each go in layouts that several formats have.</summary>
public static unsafe class CodePacking
{
    /// <summary>32 codes in 16 bytes: the first 16 are the low nibbles, the others the high nibbles. Further bits are dropped.</summary>
    public static void Nibbles(byte* codes, byte* packed) =>
        ((Vector128.Load(codes) & Vector128.Create((byte)0xF)) | (Vector128.Load(codes + Vector128<byte>.Count) << 4)).Store(packed);

    /// <summary>The fifth bits of 32 codes in 4 bytes, code c's in bit c.</summary>
    public static void FifthBits(byte* codes, byte* packed) =>
        BinaryPrimitives.WriteUInt32LittleEndian(new Span<byte>(packed, sizeof(uint)), (Vector256.Load(codes) << 3).ExtractMostSignificantBits());

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
