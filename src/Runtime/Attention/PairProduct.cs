using System.Runtime.CompilerServices;
using Tessera.Runtime.State;
using Tessera.Runtime.Vectors;

namespace Tessera.Runtime.Attention;

/// <summary>
/// The product of 8, 4 or 1 rows with 16 columns, both of 16-bit integers: pairs of indices lie in 32 bits, of the columns as [pair][16]. What becomes of the
/// sums depends on the rows: times the columns' scales they are scores, times the rows' units they are added to the outputs.
/// </summary>
internal static unsafe class PairProduct<TLanes, TVector, TRows>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
    where TRows : struct, IRowLayout
{
    private const int Columns = KvLayout.Lanes;

    /// <param name="rows">8, 4 or 1.</param>
    /// <param name="a">The rows.</param>
    /// <param name="b">The columns: runs of <paramref name="run"/> pairs.</param>
    /// <param name="gap">32-bit words between two runs.</param>
    /// <param name="run">Pairs that follow each other.</param>
    /// <param name="count">Pairs altogether.</param>
    /// <param name="scales">Of the columns, or of the rows where sums are added to what is there.</param>
    /// <param name="y">[row][16].</param>
    /// <param name="stride">From a row to the next of <paramref name="y"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply(int rows, float* a, float* b, nint gap, int run, int count, float* scales, float* y, nint stride)
    {
        for (int column = 0; column < Columns; column += TLanes.Count)
        {
            float* scale = TRows.Accumulates ? scales : scales + column;
            switch (rows)
            {
                case 8:
                    Multiply8(a, b + column, gap, run, count, scale, y + column, stride);
                    break;
                case 4:
                    Multiply4(a, b + column, gap, run, count, scale, y + column, stride);
                    break;
                default:
                    Multiply1(a, b + column, gap, run, count, scale, y + column);
                    break;
            }
        }
    }

    /// <summary>What becomes of sums of 8 rows, [8][32], of which the first 16 columns count.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Finish(float* sums, float* scales, float* y, nint stride)
    {
        for (int row = 0; row < 8; row++, sums += 2 * Columns, y += stride)
        {
            for (int column = 0; column < Columns; column += TLanes.Count)
            {
                Finish(TLanes.Load(sums + column), TRows.Accumulates ? scales : scales + column, row, y + column);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply8(float* a, float* b, nint gap, int run, int count, float* scales, float* y, nint stride)
    {
        TVector y0 = TLanes.Zero;
        TVector y1 = TLanes.Zero;
        TVector y2 = TLanes.Zero;
        TVector y3 = TLanes.Zero;
        TVector y4 = TLanes.Zero;
        TVector y5 = TLanes.Zero;
        TVector y6 = TLanes.Zero;
        TVector y7 = TLanes.Zero;
        for (; count > 0; count -= run, b += gap)
        {
            float* end = a + (Math.Min(run, count) * TRows.ColumnStep);
            do
            {
                TVector x = TLanes.Load(b);
                y0 = TLanes.AddProducts(TLanes.Broadcast(a), x, y0);
                y1 = TLanes.AddProducts(TLanes.Broadcast(a + TRows.RowStep), x, y1);
                y2 = TLanes.AddProducts(TLanes.Broadcast(a + (2 * TRows.RowStep)), x, y2);
                y3 = TLanes.AddProducts(TLanes.Broadcast(a + (3 * TRows.RowStep)), x, y3);
                y4 = TLanes.AddProducts(TLanes.Broadcast(a + (4 * TRows.RowStep)), x, y4);
                y5 = TLanes.AddProducts(TLanes.Broadcast(a + (5 * TRows.RowStep)), x, y5);
                y6 = TLanes.AddProducts(TLanes.Broadcast(a + (6 * TRows.RowStep)), x, y6);
                y7 = TLanes.AddProducts(TLanes.Broadcast(a + (7 * TRows.RowStep)), x, y7);
                a += TRows.ColumnStep;
                b += Columns;
            }
            while (a < end);
        }

        Finish(y0, scales, 0, y);
        Finish(y1, scales, 1, y + stride);
        Finish(y2, scales, 2, y + (2 * stride));
        Finish(y3, scales, 3, y + (3 * stride));
        Finish(y4, scales, 4, y + (4 * stride));
        Finish(y5, scales, 5, y + (5 * stride));
        Finish(y6, scales, 6, y + (6 * stride));
        Finish(y7, scales, 7, y + (7 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply4(float* a, float* b, nint gap, int run, int count, float* scales, float* y, nint stride)
    {
        TVector y0 = TLanes.Zero;
        TVector y1 = TLanes.Zero;
        TVector y2 = TLanes.Zero;
        TVector y3 = TLanes.Zero;
        for (; count > 0; count -= run, b += gap)
        {
            float* end = a + (Math.Min(run, count) * TRows.ColumnStep);
            do
            {
                TVector x = TLanes.Load(b);
                y0 = TLanes.AddProducts(TLanes.Broadcast(a), x, y0);
                y1 = TLanes.AddProducts(TLanes.Broadcast(a + TRows.RowStep), x, y1);
                y2 = TLanes.AddProducts(TLanes.Broadcast(a + (2 * TRows.RowStep)), x, y2);
                y3 = TLanes.AddProducts(TLanes.Broadcast(a + (3 * TRows.RowStep)), x, y3);
                a += TRows.ColumnStep;
                b += Columns;
            }
            while (a < end);
        }

        Finish(y0, scales, 0, y);
        Finish(y1, scales, 1, y + stride);
        Finish(y2, scales, 2, y + (2 * stride));
        Finish(y3, scales, 3, y + (3 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply1(float* a, float* b, nint gap, int run, int count, float* scales, float* y)
    {
        TVector y0 = TLanes.Zero;
        for (; count > 0; count -= run, b += gap)
        {
            float* end = a + (Math.Min(run, count) * TRows.ColumnStep);
            do
            {
                y0 = TLanes.AddProducts(TLanes.Broadcast(a), TLanes.Load(b), y0);
                a += TRows.ColumnStep;
                b += Columns;
            }
            while (a < end);
        }

        Finish(y0, scales, 0, y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(TVector sums, float* scales, int row, float* y)
    {
        TVector values = TLanes.FromIntegers(sums);
        TLanes.Store(
            TRows.Accumulates ? TLanes.MultiplyAdd(values, TLanes.Broadcast(scales + row), TLanes.Load(y)) : TLanes.Multiply(values, TLanes.Load(scales)), y);
    }
}
