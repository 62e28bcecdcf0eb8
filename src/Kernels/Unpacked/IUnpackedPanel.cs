using System.Runtime.Intrinsics;

namespace Tessera.Kernels.Unpacked;

/// <summary>
/// How a format's panel of 16 rows is read, eight rows at a time, by <see cref="UnpackedKernel"/>: super-blocks of 256 columns, a step is four columns of a row
/// in its 32-bit lane, a sum is the steps that share an integer scale and are added in 16 bits.
/// </summary>
public unsafe interface IUnpackedPanel
{
    /// <summary>Bytes from a block to the next.</summary>
    static abstract int BlockBytes { get; }

    /// <summary>
    /// Steps in a sum, 4 or 8. Their products, less those of <see cref="Zero"/>, are added in two 16-bit lanes a row: for weights up to w above zero or w below
    /// it
    /// <c>2 * steps * w * 127</c> must be below 32768.
    /// </summary>
    static abstract int StepsPerSum { get; }

    /// <summary>
    /// What unsigned weights, at most 127, stand above zero. If it is not 0, sums have 4 steps and start at what takes it off; they may leave 16 bits
    /// on the way, as additions wrap and come back.
    /// </summary>
    static abstract int Zero { get; }

    /// <summary>Where a block has d of its 16 rows, binary16. If there are minimums, dmin come after them.</summary>
    static abstract int ScaleOffset { get; }

    /// <summary>Whether there are minimums, which are taken off: at a block's beginning bytes, <c>[sub-block][row]</c>.</summary>
    static abstract bool HasMinimums { get; }

    /// <summary>Stores all unsigned weights of a block, <c>[step][row][4]</c>, and prefetches what lies ahead of it. Steps may share work.</summary>
    static abstract void UnpackWeights(byte* block, byte* weights);

    /// <summary>A step's unsigned weights, for a single token.</summary>
    /// <param name="block">The block.</param>
    /// <param name="pair">The sum, divided by 2: formats pack two of them in common.</param>
    /// <param name="sumOfPair">Which one, a constant where this is inlined.</param>
    /// <param name="stepOfSum">The step in the sum.</param>
    /// <param name="firstRow">0 or 8.</param>
    static abstract Vector256<byte> Weights(byte* block, int pair, int sumOfPair, int stepOfSum, int firstRow);

    /// <summary>A sum's integer scales, each twice in its row's lane.</summary>
    static abstract Vector256<short> Factors(byte* block, int sum, int firstRow);
}
