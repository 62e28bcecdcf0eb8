using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Numerics;

namespace Tessera.Kernels.Coded;

/// <summary>What follows from a block's description.</summary>
internal static unsafe class CodedBlock<TBlock>
    where TBlock : struct, ICodedBlock
{
    /// <summary>Columns that share a scale of the activations.</summary>
    public const int GroupColumns = 32;

    public static int Groups
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TBlock.Elements / GroupColumns;
    }

    public static bool HasBlockMinimum
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TBlock.Scales == ScaleLayout.HalfAndMinimum;
    }

    public static bool HasSubScales
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TBlock.Scales is ScaleLayout.BytePer32 or ScaleLayout.BytePer16 or ScaleLayout.NibblesPer16;
    }

    public static bool HasSubMinimums
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TBlock.Scales == ScaleLayout.NibblesPer16;
    }

    /// <summary>Whether panels take their offset or minimums from the integers' sums, not from the scaled ones.</summary>
    public static bool ReadsIntegerSums
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TBlock.Zero != 0 || HasSubMinimums;
    }

    /// <summary>Columns that share an integer scale.</summary>
    public static int SubBlockColumns
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TBlock.Scales is ScaleLayout.BytePer16 or ScaleLayout.NibblesPer16 ? 16 : GroupColumns;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ReadScale(byte* block) =>
        TBlock.Scales == ScaleLayout.Exponent
            ? ToSingle(block[TBlock.ScaleOffset])
            : Binary16.ToSingle(Unsafe.ReadUnaligned<ushort>(block + TBlock.ScaleOffset));

    /// <summary>The minimum that is added, or the dmin that is taken off.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ReadMinimum(byte* block) => Binary16.ToSingle(Unsafe.ReadUnaligned<ushort>(block + TBlock.MinimumOffset));

    /// <summary>The values of 16 columns as signed bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> ReadValues(byte* block, int index)
    {
        Vector128<byte> values = TBlock.ReadCodes(block, index);
        if (TBlock.HasTable)
        {
            values = Vector128.ShuffleNative(TBlock.Table, values);
        }

        return (values - Vector128.Create((byte)TBlock.Zero)).AsSByte();
    }

    /// <summary>The definition of the format, in the order in which its reference rounds.</summary>
    public static void Dequantize(byte* block, float* values)
    {
        float d = ReadScale(block);
        float m = HasBlockMinimum || HasSubMinimums ? ReadMinimum(block) : 0;
        for (int column = 0; column < TBlock.Elements; column++)
        {
            int sub = column / SubBlockColumns;
            float scale = HasSubScales ? d * TBlock.ReadSubScale(block, sub) : d;
            float value = scale * TBlock.ReadValue(block, column);
            values[column] = HasBlockMinimum ? value + m : HasSubMinimums ? value - (m * TBlock.ReadSubMinimum(block, sub)) : value;
        }
    }

    /// <summary>Two to the power of e - 128. The lowest two are subnormal: their bit stands where no exponent is.</summary>
    private static float ToSingle(byte e) => BitConverter.Int32BitsToSingle(Math.Max((e - 1) << 23, (e + 1) << 21));
}
