using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Numerics;

namespace Tessera.Quant.Q8_0;

/// <summary>A block as in the file: a half <c>d</c>, then 32 signed bytes. <c>weight = d * q</c>, q from -128 to 127.</summary>
internal static unsafe class Q8_0Block
{
    public const int Elements = 32;
    public const int Bytes = QuantsOffset + Elements;

    /// <summary>Where the 32 bytes are, columns in order.</summary>
    public const int QuantsOffset = 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ReadScale(byte* block) => Binary16.ToSingle(*(ushort*)block);

    /// <summary>The scales of four blocks in a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> ReadFourScales(byte* blocks) => Binary16.ToSingle(Vector128.Create(
        *(short*)blocks,
        *(short*)(blocks + Bytes),
        *(short*)(blocks + (2 * Bytes)),
        *(short*)(blocks + (3 * Bytes))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static sbyte* Quants(byte* block) => (sbyte*)(block + QuantsOffset);

    public static void Dequantize(byte* block, float* values)
    {
        float d = ReadScale(block);
        sbyte* quants = Quants(block);
        for (int i = 0; i < Elements; i++)
        {
            values[i] = d * quants[i];
        }
    }
}
