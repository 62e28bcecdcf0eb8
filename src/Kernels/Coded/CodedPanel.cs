using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tessera.Kernels.Coded;

/// <summary>
/// A panel of R rows side by side, a row per 32-bit lane. First the codes of all blocks, then the scales of all blocks, so that no vector of codes
/// crosses a cache line.
/// <code>
/// codes, per group of 32 columns, in as many vectors of 4 R bytes as a code has bits; byte i of a row's four in step s is column 4 s + i:
///     lower 4 bits, 4 vectors:  vector v has step v in bits 0-3 and step v + 4 in bits 4-7
///     lower 2 bits, 2 vectors:  vector v has steps v, v + 2, v + 4, v + 6, from bit 0 on                       (codes of 2 or 3 bits)
///     highest bit,  1 vector:   step s in bit s                                                               (codes of 3 or 5 bits)
///
/// scales, per block, as <see cref="ScaleLayout"/> says:
///     integer scales: a byte per row and group, or two per row and group for its halves (nibbles: the scale in bits 0-3, the minimum in bits 4-7)
///     d: R halves, or R bytes for an exponent
///     minimum or dmin: R halves
/// </code>
/// </summary>
internal static unsafe class CodedPanel<TBlock>
    where TBlock : struct, ICodedBlock
{
    private const int StepsPerGroup = 8;

    /// <summary>Bits of the codes that lie in vectors of two or more steps: all, or all but the highest.</summary>
    public static int LowBits
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TBlock.CodeBits >= 4 ? 4 : 2;
    }

    public static bool HasHighBit
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TBlock.CodeBits > LowBits;
    }

    /// <summary>Vectors of a group that hold the lower bits; the highest bits come after them.</summary>
    public static int LowVectors
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => LowBits;
    }

    /// <summary>Integer scales per row, in bytes.</summary>
    private static int SubScales
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => CodedBlock<TBlock>.HasSubScales ? TBlock.Elements / CodedBlock<TBlock>.SubBlockColumns : 0;
    }

    /// <summary>Bytes of d per row.</summary>
    private static int ScaleBytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TBlock.Scales == ScaleLayout.Exponent ? 1 : sizeof(ushort);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CodeBytes(int rows) => CodedBlock<TBlock>.Groups * TBlock.CodeBits * rows * sizeof(uint);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ScaleBlockBytes(int rows) =>
        rows * (SubScales + ScaleBytes + (CodedBlock<TBlock>.HasBlockMinimum || CodedBlock<TBlock>.HasSubMinimums ? sizeof(ushort) : 0));

    /// <summary>Where a block's d is among its scales.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ScaleOffset(int rows) => rows * SubScales;

    /// <summary>Where a block's minimum is among its scales.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int MinimumOffset(int rows) => rows * (SubScales + ScaleBytes);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack<TLanes, TVector>(byte* source, long rowBytes, int rows, int blocks, byte* panel)
        where TLanes : struct, IProductLanes<TVector>
        where TVector : struct
    {
        byte* scales = panel + ((nint)blocks * CodeBytes(TLanes.Rows));
        for (int i = 0; i < blocks; i++, source += TBlock.Bytes, panel += CodeBytes(TLanes.Rows), scales += ScaleBlockBytes(TLanes.Rows))
        {
            for (int row = 0; row < rows; row++)
            {
                byte* block = source + (row * rowBytes);
                for (int group = 0; group < CodedBlock<TBlock>.Groups; group++)
                {
                    PackCodes(block, group, (uint*)panel + (group * TBlock.CodeBits * TLanes.Rows) + row, TLanes.Rows);
                }

                PackScales(block, scales, row, TLanes.Rows);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PackCodes(byte* block, int group, uint* packed, int rows)
    {
        Vector128<uint> lower = TBlock.ReadCodes(block, 2 * group).AsUInt32(), upper = TBlock.ReadCodes(block, (2 * group) + 1).AsUInt32();
        Vector128<uint> lowBits = Vector128.Create((byte)((1 << LowBits) - 1)).AsUInt32();
        Vector128<uint> fields = (lower & lowBits) | ((upper & lowBits) << 4);
        if (LowBits == 2)
        {
            fields |= Vector128.Shuffle(fields, Vector128.Create(2u, 3, 2, 3)) << 2;
        }

        for (int vector = 0; vector < LowVectors; vector++)
        {
            packed[vector * rows] = fields[vector];
        }

        if (HasHighBit)
        {
            uint bits = 0;
            for (int step = 0; step < StepsPerGroup; step++)
            {
                bits |= (((step < 4 ? lower : upper)[step % 4] >> LowBits) & 0x0101_0101) << step;
            }

            packed[LowVectors * rows] = bits;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PackScales(byte* block, byte* scales, int row, int rows)
    {
        int perGroup = CodedBlock<TBlock>.GroupColumns / CodedBlock<TBlock>.SubBlockColumns;
        for (int sub = 0; sub < SubScales; sub++)
        {
            int scale = TBlock.ReadSubScale(block, sub) | (CodedBlock<TBlock>.HasSubMinimums ? TBlock.ReadSubMinimum(block, sub) << 4 : 0);
            scales[(sub / perGroup * perGroup * rows) + (row * perGroup) + (sub % perGroup)] = (byte)scale;
        }

        if (TBlock.Scales == ScaleLayout.Exponent)
        {
            scales[ScaleOffset(rows) + row] = block[TBlock.ScaleOffset];
        }
        else
        {
            ((ushort*)(scales + ScaleOffset(rows)))[row] = Unsafe.ReadUnaligned<ushort>(block + TBlock.ScaleOffset);
        }

        if (CodedBlock<TBlock>.HasBlockMinimum || CodedBlock<TBlock>.HasSubMinimums)
        {
            ((ushort*)(scales + MinimumOffset(rows)))[row] = Unsafe.ReadUnaligned<ushort>(block + TBlock.MinimumOffset);
        }
    }
}
