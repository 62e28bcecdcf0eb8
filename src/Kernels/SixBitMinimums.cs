using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Numerics;

namespace Tessera.Kernels;

/// <summary>
/// The eight minimums of six bits of a super-block, as panels have them: for each of R rows two words of 32 bits, <c>[2][R]</c>. A word has four sub-blocks,
/// which are two pairs; a minimum is three digits of two bits.
/// <code>
///   | 31-24 | 23-20          19-16          15-12         | 11-8           7-4            3-0            |
///   |   0   | pair 1, digit 2 | pair 1, digit 1 | pair 1, digit 0 | pair 0, digit 2 | pair 0, digit 1 | pair 0, digit 0 |
///
///   a pair's digit:  | of its second minimum | of its first minimum |
///                      bits 3-2                bits 1-0
/// </code>
/// A pair's digit is the place of its product in a table of <see cref="ActivationBatch.SumTables"/>. Where multiplications are what limits a kernel, it looks twelve
/// of them up: with t the table of a pair, the minimums' part is <c>4 * (4 * sum(t[digit 2]) + sum(t[digit 1])) + sum(t[digit 0])</c>.
/// </summary>
public static unsafe class SixBitMinimums
{
    /// <summary>Bytes per row.</summary>
    public const int BytesPerRow = 2 * sizeof(uint);

    /// <summary>Digits of a minimum.</summary>
    public const int Digits = 3;

    /// <summary>Pairs of sub-blocks.</summary>
    public const int Pairs = 4;

    private const int DigitBits = 4;
    private const int PairBits = Digits * DigitBits;

    /// <summary>Stores a row's minimums.</summary>
    /// <param name="minimums">A byte each, the first in the lowest.</param>
    /// <param name="packed">The row's first word.</param>
    /// <param name="panelRows">Words from the row's first to its second.</param>
    public static void Pack(ulong minimums, uint* packed, int panelRows)
    {
        packed[0] = 0;
        packed[panelRows] = 0;
        for (int pair = 0; pair < Pairs; pair++, minimums >>= 16)
        {
            packed[WordOf(pair) * panelRows] |= (Spread((byte)minimums) | (Spread((byte)(minimums >> 8)) << 2)) << ShiftTo(pair, 0);
        }
    }

    /// <summary>Which of a row's words has a pair.</summary>
    public static int WordOf(int pair) => pair / 2;

    /// <summary>How far a pair's digit is from a word's lowest bits.</summary>
    public static int ShiftTo(int pair, int digit) => (pair % 2 * PairBits) + (digit * DigitBits);

    /// <summary>A sub-block's minimums of four rows.</summary>
    /// <param name="minimums">The words.</param>
    /// <param name="panelRows">Rows of the panel.</param>
    /// <param name="subBlock">0 to 7.</param>
    /// <param name="firstRow">The first of the rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Read128(byte* minimums, int panelRows, int subBlock, int firstRow)
    {
        Vector128<uint> digits = Vector128.Load((uint*)minimums + (subBlock / 4 * panelRows) + firstRow) >> ShiftToFirstDigit(subBlock);
        Vector128<uint> value = (digits & Vector128.Create(3u)) | ((digits >> 2) & Vector128.Create(0xCu)) | ((digits >> 4) & Vector128.Create(0x30u));
        return Vector128.ConvertToSingle(value.AsInt32());
    }

    /// <summary>A sub-block's minimums of eight rows.</summary>
    /// <param name="minimums">The words.</param>
    /// <param name="panelRows">Rows of the panel.</param>
    /// <param name="subBlock">0 to 7.</param>
    /// <param name="firstRow">The first of the rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Read256(byte* minimums, int panelRows, int subBlock, int firstRow)
    {
        Vector256<uint> digits = Vector256.Load((uint*)minimums + (subBlock / 4 * panelRows) + firstRow) >> ShiftToFirstDigit(subBlock);
        Vector256<uint> value = (digits & Vector256.Create(3u)) | ((digits >> 2) & Vector256.Create(0xCu)) | ((digits >> 4) & Vector256.Create(0x30u));
        return Vector256.ConvertToSingle(value.AsInt32());
    }

    private static int ShiftToFirstDigit(int subBlock) => (subBlock / 2 % 2 * PairBits) + (subBlock % 2 * 2);

    private static uint Spread(byte minimum) => (minimum & 3u) | ((minimum & 0xCu) << 2) | ((minimum & 0x30u) << 4);
}
