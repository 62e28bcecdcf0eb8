using System.Runtime.CompilerServices;
using Tessera.Runtime.State;
using Tessera.Runtime.Vectors;

namespace Tessera.Runtime.Attention;

/// <summary>
/// The product of 8, 4 or 1 rows with columns of 16 values, [index][16]: each sum is one chain of multiply-adds in the order of the
/// indices, so that it is the same to the bit however many rows are multiplied together.
/// </summary>
internal static unsafe class RowProduct<TLanes, TVector, TRows>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
    where TRows : struct, IRowLayout
{
    private const int Columns = KvLayout.Lanes;

    /// <param name="rows">8, 4 or 1.</param>
    /// <param name="a">The rows.</param>
    /// <param name="b">The columns: runs of <paramref name="run"/> indices.</param>
    /// <param name="gap">Values between two runs.</param>
    /// <param name="run">Indices that follow each other.</param>
    /// <param name="count">Indices altogether.</param>
    /// <param name="y">[row][16].</param>
    /// <param name="stride">From a row to the next of <paramref name="y"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply(int rows, float* a, float* b, nint gap, int run, int count, float* y, nint stride)
    {
        for (int column = 0; column < Columns; column += TLanes.Count)
        {
            switch (rows)
            {
                case 8:
                    Multiply8(a, b + column, gap, run, count, y + column, stride);
                    break;
                case 4:
                    Multiply4(a, b + column, gap, run, count, y + column, stride);
                    break;
                default:
                    Multiply1(a, b + column, gap, run, count, y + column);
                    break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply8(float* a, float* b, nint gap, int run, int count, float* y, nint stride)
    {
        TVector y0 = Start(y);
        TVector y1 = Start(y + stride);
        TVector y2 = Start(y + (2 * stride));
        TVector y3 = Start(y + (3 * stride));
        TVector y4 = Start(y + (4 * stride));
        TVector y5 = Start(y + (5 * stride));
        TVector y6 = Start(y + (6 * stride));
        TVector y7 = Start(y + (7 * stride));
        for (; count > 0; count -= run, b += gap)
        {
            float* end = a + (Math.Min(run, count) * TRows.ColumnStep);
            do
            {
                TVector x = TLanes.Load(b);
                y0 = TLanes.MultiplyAdd(TLanes.Broadcast(a), x, y0);
                y1 = TLanes.MultiplyAdd(TLanes.Broadcast(a + TRows.RowStep), x, y1);
                y2 = TLanes.MultiplyAdd(TLanes.Broadcast(a + (2 * TRows.RowStep)), x, y2);
                y3 = TLanes.MultiplyAdd(TLanes.Broadcast(a + (3 * TRows.RowStep)), x, y3);
                y4 = TLanes.MultiplyAdd(TLanes.Broadcast(a + (4 * TRows.RowStep)), x, y4);
                y5 = TLanes.MultiplyAdd(TLanes.Broadcast(a + (5 * TRows.RowStep)), x, y5);
                y6 = TLanes.MultiplyAdd(TLanes.Broadcast(a + (6 * TRows.RowStep)), x, y6);
                y7 = TLanes.MultiplyAdd(TLanes.Broadcast(a + (7 * TRows.RowStep)), x, y7);
                a += TRows.ColumnStep;
                b += Columns;
            }
            while (a < end);
        }

        TLanes.Store(y0, y);
        TLanes.Store(y1, y + stride);
        TLanes.Store(y2, y + (2 * stride));
        TLanes.Store(y3, y + (3 * stride));
        TLanes.Store(y4, y + (4 * stride));
        TLanes.Store(y5, y + (5 * stride));
        TLanes.Store(y6, y + (6 * stride));
        TLanes.Store(y7, y + (7 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply4(float* a, float* b, nint gap, int run, int count, float* y, nint stride)
    {
        TVector y0 = Start(y);
        TVector y1 = Start(y + stride);
        TVector y2 = Start(y + (2 * stride));
        TVector y3 = Start(y + (3 * stride));
        for (; count > 0; count -= run, b += gap)
        {
            float* end = a + (Math.Min(run, count) * TRows.ColumnStep);
            do
            {
                TVector x = TLanes.Load(b);
                y0 = TLanes.MultiplyAdd(TLanes.Broadcast(a), x, y0);
                y1 = TLanes.MultiplyAdd(TLanes.Broadcast(a + TRows.RowStep), x, y1);
                y2 = TLanes.MultiplyAdd(TLanes.Broadcast(a + (2 * TRows.RowStep)), x, y2);
                y3 = TLanes.MultiplyAdd(TLanes.Broadcast(a + (3 * TRows.RowStep)), x, y3);
                a += TRows.ColumnStep;
                b += Columns;
            }
            while (a < end);
        }

        TLanes.Store(y0, y);
        TLanes.Store(y1, y + stride);
        TLanes.Store(y2, y + (2 * stride));
        TLanes.Store(y3, y + (3 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply1(float* a, float* b, nint gap, int run, int count, float* y)
    {
        TVector y0 = Start(y);
        for (; count > 0; count -= run, b += gap)
        {
            float* end = a + (Math.Min(run, count) * TRows.ColumnStep);
            do
            {
                y0 = TLanes.MultiplyAdd(TLanes.Broadcast(a), TLanes.Load(b), y0);
                a += TRows.ColumnStep;
                b += Columns;
            }
            while (a < end);
        }

        TLanes.Store(y0, y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Start(float* y) => TRows.Accumulates ? TLanes.Load(y) : TLanes.Zero;
}
