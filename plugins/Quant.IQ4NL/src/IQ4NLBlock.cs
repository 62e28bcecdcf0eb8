using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Kernels.Coded;

namespace Tessera.Quant.IQ4NL;

/// <summary>A block as in the file: 32 weights, <c>weight = d * value</c>, where a table has a value for each code of four bits.</summary>
public readonly unsafe struct IQ4NLBlock : ICodedBlock
{
    /// <summary>Where the nibbles are: 16 bytes, the low nibbles the first 16 columns and the high nibbles the others.</summary>
    internal const int CodesOffset = 2;

    public static int Elements => 32;

    public static int Bytes => 18;

    public static int CodeBits => 4;

    public static int Zero => 128;

    public static int Largest => 241;

    public static bool HasTable => true;

    public static Vector128<byte> Table
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128.Create((sbyte)-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113).AsByte() + Vector128.Create((byte)Zero);
    }

    public static ScaleLayout Scales => ScaleLayout.Half;

    public static int ScaleOffset => 0;

    public static int ReadValue(byte* block, int column) => Table[(block[CodesOffset + (column % 16)] >> (column / 16 * 4)) & 0xF] - Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> ReadCodes(byte* block, int index)
    {
        Vector128<byte> packed = Vector128.Load(block + CodesOffset);
        return index == 0 ? packed & Vector128.Create((byte)0xF) : packed >> 4;
    }
}
