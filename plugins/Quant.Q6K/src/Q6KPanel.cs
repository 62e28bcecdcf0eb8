using System.Runtime.CompilerServices;

namespace Tessera.Quant.Q6K;

/// <summary>
/// A block in a panel of 16 rows side by side, in the order in which a kernel reads it: <c>212 * 16</c> bytes for the file's <c>210 * 16</c>, so that
/// every block starts on a cache line.
/// <code>
/// offset     bytes
///      0      2048   low bits: 32 steps x 16 rows x 4 bytes; step 16 h + 8 p + v has columns 128 h + 32 p + 4 v .. + 3 in the low nibbles
///                    and those 64 columns further on in the high ones (h and p are 0 or 1, v is 0 to 7)
///   2048      1024   high bits: 16 steps x 16 rows x 4 bytes; step 8 h + v has, from bit 0 on, columns 128 h + 4 v .. + 3
///                    and those 32, 64 and 96 columns further on
///   3072       256   scales: 16 sub-blocks x 16 rows, a signed byte each
///   3328        32   d: 16 halves
///   3360        32   unused
/// </code>
/// The file's four bytes of a row and a step are these columns already: packing moves 32-bit words.
/// </summary>
internal static unsafe class Q6KPanel
{
    public const int Rows = 16;
    public const int BlockBytes = 212 * Rows;
    public const int HighBitsOffset = 128 * Rows;
    public const int ScalesOffset = 192 * Rows;
    public const int ScaleOffset = 208 * Rows;

    /// <summary>32-bit words of a row's low and high bits.</summary>
    private const int Steps = 48;

    public static void Pack(byte* source, long rowBytes, int rows, int blocks, byte* panel)
    {
        for (int i = 0; i < blocks; i++, source += Q6KBlock.Bytes, panel += BlockBytes)
        {
            for (int row = 0; row < rows; row++)
            {
                PackRow(source + (row * rowBytes), panel, row);
            }
        }
    }

    private static void PackRow(byte* block, byte* panel, int row)
    {
        uint* packed = (uint*)panel + row;
        for (int step = 0; step < Steps; step++)
        {
            packed[step * Rows] = Unsafe.ReadUnaligned<uint>(block + (step * sizeof(uint)));
        }

        for (int sub = 0; sub < Q6KBlock.SubBlocks; sub++)
        {
            panel[ScalesOffset + (sub * Rows) + row] = block[Q6KBlock.ScalesOffset + sub];
        }

        ((ushort*)(panel + ScaleOffset))[row] = Unsafe.ReadUnaligned<ushort>(block + Q6KBlock.ScaleOffset);
    }
}
