using System.Runtime.CompilerServices;

namespace Tessera.Quant.Float;

/// <summary>
/// A panel of 16 rows side by side, as many bytes as in the file: the weights of the first column, row after row, then those of the second.
/// A vector of weights is rows of one column.
/// </summary>
internal static unsafe class FloatPanel
{
    public const int Rows = 16;

    /// <summary>What is read of a row before the next row's turn: whole cache lines, while what is written stays in the first-level cache.</summary>
    private const int ColumnsAtOnce = 64;

    /// <typeparam name="TBits">An integer as wide as a weight.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack<TBits>(byte* source, long rowBytes, int rows, int columns, byte* panel)
        where TBits : unmanaged
    {
        for (int first = 0; first < columns; first += ColumnsAtOnce)
        {
            int last = Math.Min(first + ColumnsAtOnce, columns);
            for (int row = 0; row < rows; row++)
            {
                TBits* weights = (TBits*)(source + (row * rowBytes));
                TBits* packed = (TBits*)panel + row;
                for (int c = first; c < last; c++)
                {
                    packed[(nint)c * Rows] = weights[c];
                }
            }
        }
    }
}
