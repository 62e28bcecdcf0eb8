using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tessera.Numerics;

namespace Tessera.Kernels.Unpacked;

/// <summary>A super-block of 16 rows and 256 columns, unpacked, small enough for the first-level cache.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct UnpackedBlock
{
    public const int Rows = 16;
    public const int HalfRows = Rows / 2;
    public const int Columns = 256;
    public const int Steps = Columns / 4;
    public const int SubBlocks = Columns / 32;
    public const int MaxSums = 16;

    /// <summary>Bytes of a step, and of a sum's factors.</summary>
    public const int StepBytes = Rows * sizeof(uint);

    /// <summary>Where the memory of a block must start: at a cache line.</summary>
    public const int Alignment = 64;

    /// <summary>Unsigned weights: <c>[step][row][4]</c>.</summary>
    public fixed byte Weights[Steps * StepBytes];

    /// <summary>The integer scale of each sum: <c>[sum][row][2]</c>.</summary>
    public fixed short Factors[MaxSums * Rows * 2];

    /// <summary>Integer minimums: <c>[sub-block][row]</c>.</summary>
    public fixed float Minimums[SubBlocks * Rows];

    /// <summary>d and dmin of each row.</summary>
    public fixed float Scales[Rows];
    public fixed float MinimumScales[Rows];

    /// <summary>Where the values of four tokens wait from sum to sum: <c>[token][row]</c>.</summary>
    public fixed float Values[4 * Rows];

    /// <summary>Unpacks a panel's block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Unpack<TPanel>(byte* block, UnpackedBlock* unpacked)
        where TPanel : struct, IUnpackedPanel
    {
        TPanel.UnpackWeights(block, unpacked->Weights);
        short* factors = unpacked->Factors;
        for (int sum = 0; sum < Steps / TPanel.StepsPerSum; sum++, factors += 2 * Rows)
        {
            TPanel.Factors(block, sum, 0).Store(factors);
            TPanel.Factors(block, sum, HalfRows).Store(factors + (2 * HalfRows));
        }

        for (int row = 0; row < Rows; row += HalfRows)
        {
            ScalesOf<TPanel>(block, row).Store(unpacked->Scales + row);
            if (TPanel.HasMinimums)
            {
                MinimumScalesOf<TPanel>(block, row).Store(unpacked->MinimumScales + row);
                for (int sub = 0; sub < SubBlocks; sub++)
                {
                    MinimumsOf(block, sub, row).Store(unpacked->Minimums + (sub * Rows) + row);
                }
            }
        }
    }

    /// <summary>A sub-block's minimums of eight rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MinimumsOf(byte* block, int subBlock, int firstRow) =>
        Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(block + (subBlock * Rows) + firstRow));

    /// <summary>d of eight rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> ScalesOf<TPanel>(byte* block, int firstRow)
        where TPanel : struct, IUnpackedPanel => Binary16.ToSingle(Avx2.ConvertToVector256Int32((short*)(block + TPanel.ScaleOffset) + firstRow));

    /// <summary>dmin of eight rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MinimumScalesOf<TPanel>(byte* block, int firstRow)
        where TPanel : struct, IUnpackedPanel => ScalesOf<TPanel>(block, Rows + firstRow);
}
