using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Kernels;

namespace Tessera.Quant.Q5K;

/// <summary>
/// A block in a panel of R rows side by side (8 or 16), in the order in which a kernel reads it: <c>180 R</c> bytes for the file's <c>176 R</c>. With 16
/// rows, blocks and their quants are aligned to cache lines.
/// <code>
/// offset     bytes
///      0       8 R   minimums: 8 sub-blocks x R rows, a byte each; for AVX-512 as <see cref="SixBitMinimums"/>
///    8 R       8 R   scales: 8 sub-blocks x R rows, a byte each
///   16 R     160 R   quants: 8 sub-blocks x 5 words x R rows x 4 bytes
///  176 R       2 R   d: R halves
///  178 R       2 R   dmin: R halves
/// </code>
/// A sub-block is two halves of 16 columns. Words 0 to 3 have four columns of the first half each, a byte per column: whole in bits 4-0, and above them
/// in bits 7-5 the upper three bits of the columns 16 further on. Word 4 has the lower two bits of these: word 0's in bits 1-0, word 1's in bits 3-2 ...
/// </summary>
internal static unsafe class Q5KPanel
{
    public const int BlockBytesPerRow = 180;
    public const int ScalesPerRow = 8;
    public const int QuantsPerRow = 16;
    public const int SubBlockBytesPerRow = 20;
    public const int ScalePerRow = 176;
    public const int MinimumPerRow = 178;

    private const int WordsPerSubBlock = 5;
    private const uint UpperThreeBits = 0xE0E0_E0E0;
    private const uint LowerTwoBits = 0x0303_0303;

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
        for (int i = 0; i < blocks; i++, source += Q5KBlock.Bytes, panel += BlockBytesPerRow * panelRows)
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
        Q5KBlock.UnpackScales(block, out ulong scales, out ulong minimums);
        if (asDigits)
        {
            SixBitMinimums.Pack(minimums, (uint*)panel + row, panelRows);
        }
        else
        {
            for (int sub = 0; sub < Q5KBlock.SubBlocks; sub++, minimums >>= 8)
            {
                panel[(sub * panelRows) + row] = (byte)minimums;
            }
        }

        byte* packedScales = panel + (ScalesPerRow * panelRows);
        uint* packed = (uint*)(panel + (QuantsPerRow * panelRows)) + row;
        for (int sub = 0; sub < Q5KBlock.SubBlocks; sub++, scales >>= 8)
        {
            packedScales[(sub * panelRows) + row] = (byte)scales;
            Q5KKernel.UnpackSubBlock(block, sub, out Vector128<byte> first, out Vector128<byte> second);
            Vector128<uint> words = first.AsUInt32() | ((second.AsUInt32() << 3) & Vector128.Create(UpperThreeBits));
            packed[0] = words.GetElement(0);
            packed[panelRows] = words.GetElement(1);
            packed[2 * panelRows] = words.GetElement(2);
            packed[3 * panelRows] = words.GetElement(3);
            packed[4 * panelRows] = Vector128.Sum((second.AsUInt32() & Vector128.Create(LowerTwoBits)) * Vector128.Create(1u, 1u << 2, 1u << 4, 1u << 6));
            packed += WordsPerSubBlock * panelRows;
        }

        ((ushort*)(panel + (ScalePerRow * panelRows)))[row] = ((ushort*)block)[0];
        ((ushort*)(panel + (MinimumPerRow * panelRows)))[row] = ((ushort*)block)[1];
    }
}
