using System.Runtime.CompilerServices;
using Tessera.Numerics;

namespace Tessera.Kernels.Coded;

/// <summary>
/// Products of a <see cref="CodedPanel{TBlock}"/> with a tile of tokens. The weights of a group are unpacked into registers, then each token passes by:
/// its four bytes of a step go to all rows, products are added in 16 bits as long as they fit, and everything up to the group's sum is exact in
/// integers. From there on it is floating point, in an order that no tile changes. A token's results wait in the output for the next group.
/// </summary>
/// <remarks>Conditions on the block are constants to the compiler: nothing of them is left in the code.</remarks>
internal static unsafe partial class PanelProduct<TBlock, TLanes, TVector>
    where TBlock : struct, ICodedBlock
    where TLanes : struct, IProductLanes<TVector>
    where TVector : struct
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(byte* panel, int blocks, in ActivationBatch x, int token, int count, float* y, int stride)
    {
        nint quantStride = x.QuantStride, groupStride = quantStride / CodedBlock<TBlock>.GroupColumns, rowStride = stride;
        sbyte* firstQuants = x.QuantsOf(token);
        float* firstScales = x.ScalesOf(token);
        int* firstSums = CodedBlock<TBlock>.ReadsIntegerSums ? (int*)x.SumsOf(token) : (int*)x.ScaledSumsOf(token);
        byte* scales = panel + ((nint)blocks * CodedPanel<TBlock>.CodeBytes(TLanes.Rows));
        for (nint t = 0; t < count; t++)
        {
            TLanes.Store(TLanes.Zero, y + (t * rowStride));
        }

        for (int i = 0; i < blocks; i++, scales += CodedPanel<TBlock>.ScaleBlockBytes(TLanes.Rows))
        {
            WeightPrefetch.Ahead(scales, CodedPanel<TBlock>.ScaleBlockBytes(TLanes.Rows));
            TVector d = LoadScale(scales), minimum = LoadMinimum(scales);
            for (int group = 0; group < CodedBlock<TBlock>.Groups; group++, firstQuants += CodedBlock<TBlock>.GroupColumns, firstScales++, firstSums++)
            {
                WeightPrefetch.Ahead(panel, TBlock.CodeBits * TLanes.Rows * sizeof(uint));
                TVector w0 = Weights(panel, 0), w1 = Weights(panel, 1), w2 = Weights(panel, 2), w3 = Weights(panel, 3);
                TVector w4 = Weights(panel, 4), w5 = Weights(panel, 5), w6 = Weights(panel, 6), w7 = Weights(panel, 7);
                TVector v0 = HighNibbles(panel, 0), v1 = HighNibbles(panel, 1), v2 = HighNibbles(panel, 2), v3 = HighNibbles(panel, 3);
                TVector v4 = HighNibbles(panel, 4), v5 = HighNibbles(panel, 5), v6 = HighNibbles(panel, 6), v7 = HighNibbles(panel, 7);
                LoadFactors(scales, group, d, out TVector factor, out TVector lower, out TVector upper, out TVector sumFactors);
                panel += TBlock.CodeBits * TLanes.Rows * sizeof(uint);

                sbyte* quants = firstQuants;
                float* result = y;
                nint offset = 0;
                for (int t = 0; t < count; t++, quants += quantStride, offset += groupStride, result += rowStride)
                {
                    TVector sum = AddGroup(
                        TLanes.Load((byte*)result), w0, w1, w2, w3, w4, w5, w6, w7, v0, v1, v2, v3, v4, v5, v6, v7,
                        factor, lower, upper, sumFactors, minimum, quants, firstSums + offset, firstScales + offset);
                    TLanes.Store(sum, result);
                }
            }
        }
    }

    /// <summary>Adds a group of all rows for one token.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector AddGroup(
        TVector y,
        TVector w0, TVector w1, TVector w2, TVector w3, TVector w4, TVector w5, TVector w6, TVector w7,
        TVector v0, TVector v1, TVector v2, TVector v3, TVector v4, TVector v5, TVector v6, TVector v7,
        TVector factor, TVector lower, TVector upper, TVector sumFactors, TVector minimum, sbyte* x, int* sums, float* scale)
    {
        TVector first = Products(w0, w1, w2, w3, x), second = Products(w4, w5, w6, w7, x + 16), dots;
        if (SplitsWeights)
        {
            TVector high = TLanes.JoinProducts(Products(v0, v1, v2, v3, x), Products(v4, v5, v6, v7, x + 16));
            dots = TLanes.AddIntegers(TLanes.ScaleProducts(TLanes.JoinProducts(first, second), lower), TLanes.ScaleProducts(high, upper));
        }
        else if (FitsAWholeGroup)
        {
            dots = TLanes.ScaleProducts(TLanes.JoinProducts(first, second), lower);
        }
        else
        {
            dots = TLanes.AddIntegers(TLanes.ScaleProducts(first, lower), TLanes.ScaleProducts(second, upper));
        }

        if (TBlock.Zero != 0)
        {
            dots = TLanes.SubtractIntegers(dots, TLanes.MultiplyAddWords(TLanes.Broadcast(sums), sumFactors));
        }

        TVector value = TLanes.Multiply(TLanes.ToSingle(dots), factor);
        if (CodedBlock<TBlock>.HasSubMinimums)
        {
            value = TLanes.MultiplySubtract(TLanes.ToSingle(TLanes.MultiplyAddWords(TLanes.Broadcast(sums), sumFactors)), minimum, value);
        }

        if (CodedBlock<TBlock>.HasBlockMinimum)
        {
            y = TLanes.MultiplyAdd(minimum, TLanes.Broadcast(sums), y);
        }

        return TLanes.MultiplyAdd(value, TLanes.Broadcast(scale), y);
    }

    /// <summary>Products of 16 columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Products(TVector w0, TVector w1, TVector w2, TVector w3, sbyte* x)
    {
        TVector products = TLanes.Products(w0, TLanes.Broadcast(x));
        products = TLanes.AddProducts(products, w1, TLanes.Broadcast(x + 4));
        products = TLanes.AddProducts(products, w2, TLanes.Broadcast(x + 8));
        return TLanes.AddProducts(products, w3, TLanes.Broadcast(x + 12));
    }
}
