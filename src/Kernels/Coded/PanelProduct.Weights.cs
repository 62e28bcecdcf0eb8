using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tessera.Kernels.Coded;

/// <remarks>How a step's weights and a group's scales come out of the panel.</remarks>
internal static unsafe partial class PanelProduct<TBlock, TLanes, TVector>
{
    /// <summary>The largest unsigned weight of which all 32 products of a group can be added in pairs in 16 bits: 8 * 2 * 15 * 127 = 30480.</summary>
    private const int LargestOfGroup = 15;

    /// <summary>The largest of which those of 16 columns can: 4 * 2 * 31 * 127 = 31496.</summary>
    private const int LargestOfHalf = 31;

    /// <summary>Weights that are too large are multiplied as two nibbles.</summary>
    private static bool SplitsWeights
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TBlock.Largest > LargestOfHalf;
    }

    private static bool HasHalves
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => CodedBlock<TBlock>.SubBlockColumns == 16;
    }

    private static bool FitsAWholeGroup
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TBlock.Largest <= LargestOfGroup && !HasHalves;
    }

    /// <summary>The unsigned weights of a step, or their lower nibbles where they are split.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Weights(byte* group, int step)
    {
        TVector codes = LowBits(group, step);
        if (CodedPanel<TBlock>.HasHighBit)
        {
            int shift = CodedPanel<TBlock>.LowBits - step;
            TVector bits = TLanes.Load(group + (CodedPanel<TBlock>.LowVectors * TLanes.Rows * sizeof(uint)));
            bits = shift > 0 ? TLanes.ShiftLeft(bits, shift) : TLanes.ShiftRight(bits, -shift);
            return TLanes.Or(codes, TLanes.And(bits, TLanes.Create(0x0101_0101 << CodedPanel<TBlock>.LowBits)));
        }

        return TBlock.HasTable ? TLanes.Lookup(TLanes.Repeat(SplitsWeights ? TBlock.Table & Vector128.Create((byte)0xF) : TBlock.Table), codes) : codes;
    }

    /// <summary>The upper nibbles of a step's weights where they are split.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector HighNibbles(byte* group, int step) =>
        SplitsWeights ? TLanes.Lookup(TLanes.Repeat(TBlock.Table >> 4), LowBits(group, step)) : TLanes.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector LowBits(byte* group, int step)
    {
        int vectors = CodedPanel<TBlock>.LowVectors, bits = CodedPanel<TBlock>.LowBits;
        TVector packed = TLanes.Load(group + (step % vectors * TLanes.Rows * sizeof(uint)));
        return TLanes.And(TLanes.ShiftRight(packed, step / vectors * bits), TLanes.Create(0x0101_0101 * ((1 << bits) - 1)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector LoadScale(byte* scales)
    {
        byte* d = scales + CodedPanel<TBlock>.ScaleOffset(TLanes.Rows);
        if (TBlock.Scales != ScaleLayout.Exponent)
        {
            return TLanes.LoadHalves(d);
        }

        // Two to the power of e - 128: the exponent's bits, or, of the lowest two, the bit below them.
        TVector e = TLanes.And(TLanes.LoadBytes(d), TLanes.Create(0xFF));
        return TLanes.MaxIntegers(
            TLanes.ShiftLeft(TLanes.SubtractIntegers(e, TLanes.Create(1)), 23),
            TLanes.ShiftLeft(TLanes.AddIntegers(e, TLanes.Create(1)), 21));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector LoadMinimum(byte* scales) =>
        CodedBlock<TBlock>.HasBlockMinimum || CodedBlock<TBlock>.HasSubMinimums
            ? TLanes.LoadHalves(scales + CodedPanel<TBlock>.MinimumOffset(TLanes.Rows))
            : TLanes.Zero;

    /// <summary>What a group's sums are multiplied with.</summary>
    /// <param name="scales">The block's scales.</param>
    /// <param name="group">The group.</param>
    /// <param name="d">The block's d.</param>
    /// <param name="factor">Floating point, for the sum of the group.</param>
    /// <param name="lower">16-bit integers for the products of the first 16 columns, or for those of all or of the lower nibbles.</param>
    /// <param name="upper">For the other 16 columns, or for the upper nibbles.</param>
    /// <param name="sumFactors">A pair of 16-bit integers for the activations' sums of 16 columns: what the weights' zero adds, or the minimums.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LoadFactors(byte* scales, int group, TVector d, out TVector factor, out TVector lower, out TVector upper, out TVector sumFactors)
    {
        factor = d;
        lower = TLanes.Create(0x0001_0001);
        upper = SplitsWeights ? TLanes.Create(0x0010_0010) : lower;
        sumFactors = TLanes.Create(0x0001_0001 * TBlock.Zero);
        if (TBlock.Scales == ScaleLayout.BytePer32)
        {
            factor = TLanes.Multiply(TLanes.ToSingle(TLanes.LoadBytes(scales + (group * TLanes.Rows))), d);
        }
        else if (HasHalves)
        {
            TVector pairs = TLanes.LoadBytePairs(scales + (2 * group * TLanes.Rows));
            sumFactors = TLanes.MultiplyWords(pairs, sumFactors);
            if (CodedBlock<TBlock>.HasSubMinimums)
            {
                sumFactors = TLanes.And(TLanes.ShiftRight(pairs, 4), TLanes.Create(0x000F_000F));
                pairs = TLanes.And(pairs, TLanes.Create(0x000F_000F));
            }

            lower = TLanes.Or(TLanes.And(pairs, TLanes.Create(0xFFFF)), TLanes.ShiftLeft(pairs, 16));
            upper = TLanes.Or(TLanes.And(pairs, TLanes.Create(unchecked((int)0xFFFF_0000))), TLanes.ShiftRight(pairs, 16));
        }
    }
}
