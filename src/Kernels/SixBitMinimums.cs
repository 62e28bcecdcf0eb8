using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tessera.Numerics;

namespace Tessera.Kernels;

/// <summary>
/// The eight minimums of six bits of a super-block, as panels for AVX-512 have them: for each of R rows two words of 32 bits, <c>[2][R]</c>. A word has four
/// sub-blocks, which are two pairs; a minimum is three digits of two bits.
/// <code>
///                 | 0     | pair 1, digits 2, 1, 0 | pair 0, digits 2, 1, 0 |
///                   31-24   23-20, 19-16, 15-12      11-8, 7-4, 3-0
///
/// a pair's digit: | that of its second minimum | of its first minimum |
///                   3-2                          1-0
/// </code>
/// A pair's digit is the place of its product in a table of <see cref="ActivationBatch.SumTables"/>. Where multiplications are what limits a kernel, it looks
/// twelve of them up: with t the table of a pair, the minimums' part is <c>4 * (4 * sum(t[digit 2]) + sum(t[digit 1])) + sum(t[digit 0])</c>.
/// </summary>
public static unsafe class SixBitMinimums
{
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

    /// <summary>Adds what a digit selects from the tables of a word's two pairs, with AVX-512.</summary>
    /// <param name="sum">Of sixteen rows.</param>
    /// <param name="tables">The pairs' tables.</param>
    /// <param name="digits">The rows' words, the first pair's digit in the lowest bits.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> AddFromTables(Vector512<float> sum, float* tables, Vector512<int> digits) =>
        sum + Avx512F.PermuteVar16x32(Vector512.Load(tables), digits) + Avx512F.PermuteVar16x32(Vector512.Load(tables + 16), digits >> ShiftTo(1, 0));

    private static uint Spread(byte minimum) => (minimum & 3u) | ((minimum & 0xCu) << 2) | ((minimum & 0x30u) << 4);
}
