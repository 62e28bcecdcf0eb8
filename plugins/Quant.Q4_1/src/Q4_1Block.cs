using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Kernels.Coded;

namespace Tessera.Quant.Q4_1;

/// <summary>A block as in the file: 32 weights, <c>weight = d * q + m</c>, q from 0 to 15.</summary>
public readonly unsafe struct Q4_1Block : ICodedBlock
{
    /// <summary>Where the nibbles are: 16 bytes, the low nibbles the first 16 columns and the high nibbles the others.</summary>
    internal const int CodesOffset = 4;

    public static int Elements => 32;

    public static int Bytes => 20;

    public static int CodeBits => 4;

    public static int Zero => 0;

    public static int Largest => 15;

    public static ScaleLayout Scales => ScaleLayout.HalfAndMinimum;

    public static int ScaleOffset => 0;

    public static int MinimumOffset => 2;

    public static int ReadValue(byte* block, int column) => (block[CodesOffset + (column % 16)] >> (column / 16 * 4)) & 0xF;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> ReadCodes(byte* block, int index)
    {
        Vector128<byte> packed = Vector128.Load(block + CodesOffset);
        return index == 0 ? packed & Vector128.Create((byte)0xF) : packed >> 4;
    }
}
