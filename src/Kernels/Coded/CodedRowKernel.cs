using System.Runtime.CompilerServices;
using Tessera.Numerics;

namespace Tessera.Kernels.Coded;

/// <summary>
/// The dot product of a row of blocks, as it is in the file, with a token's Q8 activations, in one file per instruction set. <c>Dot</c> takes one token and
/// <c>DotFour</c> four, which unpacks the weights once; both do the same operations in the same order for a token, so their results have the same bits.
/// </summary>
/// <remarks>With AVX-512 the 256-bit kernel serves: unpacking a row takes longer than multiplying it, and its pieces are 128 bits wide.</remarks>
internal static unsafe partial class CodedRowKernel<TBlock>
    where TBlock : struct, ICodedBlock
{
    /// <summary>The kernel for an instruction set.</summary>
    public static RowKernel For(SimdLevel level) => level switch
    {
        SimdLevel.Avx512 or SimdLevel.Avx2 => new RowKernel(&DotAvx2, &DotFourAvx2) { Simd = SimdLevel.Avx2 },
        SimdLevel.Vector128 => new RowKernel(&DotVector128, &DotFourVector128) { Simd = SimdLevel.Vector128 },
        _ => new RowKernel(&DotScalar, &DotFourScalar) { Simd = SimdLevel.Scalar },
    };

    /// <summary>What the minimums of a group contribute for a token.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Minimums(byte* block, int group, float m, short* sums, float scale) =>
        CodedBlock<TBlock>.HasSubMinimums
            ? -(m * (scale * ((TBlock.ReadSubMinimum(block, 2 * group) * sums[0]) + (TBlock.ReadSubMinimum(block, (2 * group) + 1) * sums[1]))))
            : m * (scale * (sums[0] + sums[1]));

    /// <summary>The integer scales of a group's two halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ReadSubScales(byte* block, int group, out int lower, out int upper)
    {
        lower = upper = 1;
        if (CodedBlock<TBlock>.HasSubScales)
        {
            bool halves = CodedBlock<TBlock>.SubBlockColumns == 16;
            lower = TBlock.ReadSubScale(block, halves ? 2 * group : group);
            upper = halves ? TBlock.ReadSubScale(block, (2 * group) + 1) : lower;
        }
    }
}
