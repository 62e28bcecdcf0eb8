using System.Runtime.CompilerServices;

namespace Tessera.Quant.Q5K;

/// <summary>
/// A block in a panel of R rows side by side (8 or 16), in the order in which a kernel reads it: <c>180 R</c> bytes for the file's <c>176 R</c>. With 16
/// rows every block and every vector in it starts on a cache line.
/// <code>
/// offset     bytes
///      0       8 R   minimums: 8 sub-blocks x R rows, a byte each
///    8 R       8 R   scales: 8 sub-blocks x R rows, a byte each
///   16 R     160 R   quants: 8 sub-blocks x 5 words x R rows x 4 bytes
///  176 R       2 R   d: R halves
///  178 R       2 R   dmin: R halves
/// </code>
/// A sub-block's 32 columns are eight steps of four. Words 0 to 3 hold a step of the first four each, whole, in bits 4-0 of their bytes, and above it in
/// bits 7-5 the upper three bits of the step that comes four later. Word 4 holds the lower two bits of these later steps, from bit 0 on.
/// </summary>
internal static unsafe class Q5KPanel
{
    public const int BlockBytesPerRow = 180;
    public const int ScalesPerRow = 8;
    public const int QuantsPerRow = 16;
    public const int SubBlockBytesPerRow = 20;
    public const int ScalePerRow = 176;
    public const int MinimumPerRow = 178;

    /// <summary>Steps of four columns in half a sub-block.</summary>
    private const int HalfSteps = 4;

    private const uint UpperThreeBits = 0xE0E0_E0E0;
    private const uint LowerTwoBits = 0x0303_0303;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack16(byte* source, long rowBytes, int rows, int blocks, byte* panel) => Pack(source, rowBytes, rows, blocks, panel, 16);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack8(byte* source, long rowBytes, int rows, int blocks, byte* panel) => Pack(source, rowBytes, rows, blocks, panel, 8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pack(byte* source, long rowBytes, int rows, int blocks, byte* panel, int panelRows)
    {
        for (int i = 0; i < blocks; i++, source += Q5KBlock.Bytes, panel += BlockBytesPerRow * panelRows)
        {
            for (int row = 0; row < rows; row++)
            {
                PackRow(source + (row * rowBytes), panel, row, panelRows);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PackRow(byte* block, byte* panel, int row, int panelRows)
    {
        Q5KBlock.UnpackScales(block, out ulong scales, out ulong minimums);
        byte* packedScales = panel + (ScalesPerRow * panelRows);
        uint* packed = (uint*)(panel + (QuantsPerRow * panelRows)) + row;
        for (int sub = 0; sub < Q5KBlock.SubBlocks; sub++, scales >>= 8, minimums >>= 8)
        {
            panel[(sub * panelRows) + row] = (byte)minimums;
            packedScales[(sub * panelRows) + row] = (byte)scales;
            uint lower = 0;
            for (int step = 0; step < HalfSteps; step++, packed += panelRows)
            {
                uint later = Q5KBlock.ReadFourQuants(block, sub, step + HalfSteps);
                *packed = Q5KBlock.ReadFourQuants(block, sub, step) | ((later << 3) & UpperThreeBits);
                lower |= (later & LowerTwoBits) << (2 * step);
            }

            *packed = lower;
            packed += panelRows;
        }

        ((ushort*)(panel + (ScalePerRow * panelRows)))[row] = ((ushort*)block)[0];
        ((ushort*)(panel + (MinimumPerRow * panelRows)))[row] = ((ushort*)block)[1];
    }
}
