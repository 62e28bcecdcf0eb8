using System.Runtime.CompilerServices;
using Tessera.Kernels;

namespace Tessera.Quant.Q4K;

/// <summary>
/// A block in a panel of R rows side by side (8 or 16), in the order in which a kernel reads it: <c>148 R</c> bytes for the file's <c>144 R</c>.
/// <code>
/// offset     bytes
///      0       8 R   minimums: 8 sub-blocks x R rows, a byte each; for AVX-512 as <see cref="SixBitMinimums"/>
///    8 R       8 R   scales: 2 halves of the block x R rows x 4 sub-blocks, a byte each
///   16 R     128 R   quants: 32 steps x R rows x 4 bytes; step 8 g + v has columns 64 g + 4 v .. 64 g + 4 v + 3 in the low nibbles
///                    and those 32 columns further on in the high ones
///  144 R       2 R   d: R halves
///  146 R       2 R   dmin: R halves
/// </code>
/// The file's four bytes of a row and a step are these four columns already: packing moves 32-bit words.
/// </summary>
internal static unsafe class Q4KPanel
{
    public const int BlockBytesPerRow = 148;
    public const int ScalesPerRow = 8;
    public const int QuantsPerRow = 16;
    public const int ScalePerRow = 144;
    public const int MinimumPerRow = 146;

    /// <summary>Steps of four columns, low and high nibbles, in a block.</summary>
    private const int Steps = 32;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack16(byte* source, long rowBytes, int rows, int blocks, byte* panel) =>
        Pack(source, rowBytes, rows, blocks, panel, 16, asDigits: false);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PackForLookUps(byte* source, long rowBytes, int rows, int blocks, byte* panel) =>
        Pack(source, rowBytes, rows, blocks, panel, 16, asDigits: true);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack8(byte* source, long rowBytes, int rows, int blocks, byte* panel) => Pack(source, rowBytes, rows, blocks, panel, 8, asDigits: false);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pack(byte* source, long rowBytes, int rows, int blocks, byte* panel, int panelRows, bool asDigits)
    {
        for (int i = 0; i < blocks; i++, source += Q4KBlock.Bytes, panel += BlockBytesPerRow * panelRows)
        {
            for (int row = 0; row < rows; row++)
            {
                PackRow(source + (row * rowBytes), panel, row, panelRows, asDigits);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PackRow(byte* block, byte* panel, int row, int panelRows, bool asDigits)
    {
        Q4KBlock.UnpackScales(block, out ulong scales, out ulong minimums);
        uint* packedScales = (uint*)(panel + (ScalesPerRow * panelRows)) + row;
        packedScales[0] = (uint)scales;
        packedScales[panelRows] = (uint)(scales >> 32);
        if (asDigits)
        {
            SixBitMinimums.Pack(minimums, (uint*)panel + row, panelRows);
        }
        else
        {
            for (int sub = 0; sub < Q4KBlock.SubBlocks; sub++, minimums >>= 8)
            {
                panel[(sub * panelRows) + row] = (byte)minimums;
            }
        }

        uint* quants = (uint*)(block + Q4KBlock.QuantsOffset);
        uint* packed = (uint*)(panel + (QuantsPerRow * panelRows)) + row;
        for (int step = 0; step < Steps; step++)
        {
            packed[step * panelRows] = quants[step];
        }

        ((ushort*)(panel + (ScalePerRow * panelRows)))[row] = ((ushort*)block)[0];
        ((ushort*)(panel + (MinimumPerRow * panelRows)))[row] = ((ushort*)block)[1];
    }
}
