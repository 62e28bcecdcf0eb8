using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tessera.Numerics;

namespace Tessera.Kernels.Unpacked;

/// <summary>
/// Products of panels of 16 rows with up to 32 tokens for AVX2, whose 16 registers do not hold a block's weights and sums for many tokens at once. So a block
/// is unpacked to bytes in the first-level cache, once for all tokens, and four tokens at a time go through it: eight registers are 16-bit sums of 16 rows and
/// four tokens, two are four columns of 16 rows, one is the same columns of a token in all lanes.
/// </summary>
/// <remarks>
/// <c>vpmaddubsw</c> adds products in pairs to 16 bits, <c>vpaddw</c> adds the pairs of a sum's steps, <c>vpmaddwd</c> widens a sum and applies its integer
/// scale. That is exact. Then, in floating point and in an order that no tile changes: <c>value += scaled sum * activation scale</c>, and for each block
/// <c>y += value * d</c>, after <c>y -= sum of minimum * scaled activation sum * dmin</c>.
/// </remarks>
internal static unsafe partial class UnpackedProduct<TPanel>
    where TPanel : struct, IUnpackedPanel
{
    /// <summary>Tokens that share the unpacking of a block.</summary>
    public const int MaxTokens = 32;

    private const int SubBlockColumns = 32;

    public static void Multiply(byte* panel, int blocks, in ActivationBatch x, int token, int count, float* y, int stride)
    {
        if (count == 1)
        {
            MultiplyOne(panel, blocks, x.QuantsOf(token), x.ScalesOf(token), x.ScaledSumsOf(token), y);
        }
        else
        {
            MultiplySome(panel, blocks, x, token, count, y, stride);
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplySome(byte* panel, int blocks, in ActivationBatch x, int token, int count, float* y, int stride)
    {
        byte* memory = stackalloc byte[sizeof(UnpackedBlock) + UnpackedBlock.Alignment];
        int* offsets = stackalloc int[MaxTokens * UnpackedBlock.MaxSums];
        var block = (UnpackedBlock*)((nint)(memory + UnpackedBlock.Alignment - 1) & -UnpackedBlock.Alignment);
        sbyte* quants = x.QuantsOf(token);
        float* scales = x.ScalesOf(token), sums = x.ScaledSumsOf(token);
        nint quantStride = x.QuantStride, scaleStride = quantStride / SubBlockColumns, nextToken = stride;
        for (int t = 0; t < count; t++)
        {
            Vector256<float>.Zero.Store(y + (t * nextToken));
            Vector256<float>.Zero.Store(y + (t * nextToken) + UnpackedBlock.HalfRows);
        }

        for (int i = 0; i < blocks; i++, panel += TPanel.BlockBytes, quants += UnpackedBlock.Columns,
            scales += UnpackedBlock.SubBlocks, sums += UnpackedBlock.SubBlocks)
        {
            UnpackedBlock.Unpack<TPanel>(panel, block);
            if (TPanel.Zero != 0)
            {
                FindOffsets(quants, quantStride, count, offsets);
            }

            for (int t = 0; t < count; t += 4)
            {
                sbyte* k = quants + (t * quantStride);
                int* offset = offsets + (t * UnpackedBlock.MaxSums);
                float* scale = scales + (t * scaleStride), sum = sums + (t * scaleStride), result = y + (t * nextToken);
                switch (count - t)
                {
                    case 1: AddBlock<TokenCount.One>(block, k, quantStride, offset, scale, sum, scaleStride, result, nextToken); break;
                    case 2: AddBlock<TokenCount.Two>(block, k, quantStride, offset, scale, sum, scaleStride, result, nextToken); break;
                    case 3: AddBlock<TokenCount.Three>(block, k, quantStride, offset, scale, sum, scaleStride, result, nextToken); break;
                    default: AddBlock<TokenCount.Four>(block, k, quantStride, offset, scale, sum, scaleStride, result, nextToken); break;
                }
            }
        }
    }

    /// <summary>
    /// What takes the weights' zero off the tokens' sums of 16 columns: 32 bits for each, which are the two 16-bit sums of a row's lane. A vector of products
    /// has two sub-blocks of 16 columns, four lanes each; eight sub-blocks are added at once.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FindOffsets(sbyte* quants, nint quantStride, int count, int* offsets)
    {
        for (int t = 0; t < count; t++, quants += quantStride, offsets += UnpackedBlock.MaxSums)
        {
            for (int half = 0; half < 2; half++)
            {
                sbyte* columns = quants + (half * UnpackedBlock.Columns / 2);
                Vector256<int> first = JoinLanes(ZeroProducts(columns), ZeroProducts(columns + 32));
                Vector256<int> second = JoinLanes(ZeroProducts(columns + 64), ZeroProducts(columns + 96));
                Vector256<short> sums = -Avx2.UnpackLow(first.AsInt64(), second.AsInt64()).AsInt16()
                    - Avx2.UnpackHigh(first.AsInt64(), second.AsInt64()).AsInt16();
                Avx2.PermuteVar8x32(sums.AsInt32(), Vector256.Create(0, 4, 1, 5, 2, 6, 3, 7)).Store(offsets + (half * UnpackedBlock.MaxSums / 2));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> ZeroProducts(sbyte* columns) =>
        Avx2.MultiplyAddAdjacent(Vector256.Create((byte)TPanel.Zero), Vector256.Load(columns)).AsInt32();

    /// <summary>Lanes 0 and 2, then 1 and 3, of each 128 bits added, a's and b's in turns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> JoinLanes(Vector256<int> a, Vector256<int> b) => (Avx2.UnpackLow(a, b).AsInt16() + Avx2.UnpackHigh(a, b).AsInt16()).AsInt32();
}
