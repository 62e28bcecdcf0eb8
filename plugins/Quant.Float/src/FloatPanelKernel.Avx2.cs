using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tessera.Kernels;
using Tessera.Numerics;

namespace Tessera.Quant.Float;

/// <summary>256 bits: 16 rows in two vectors, A and B, and four tokens, so that eight sums hide the latency of a multiply-add.</summary>
internal static unsafe partial class FloatPanelKernel
{
    /// <summary>Rows of the panel's first vector; the second has the others.</summary>
    private const int RowsA = 8;

    private static void MultiplyAvx2<TElement>(byte* panel, int columns, in ActivationBatch x, int token, int count, float* y, int stride)
        where TElement : struct, IElement
    {
        ClearAvx2(count, y, stride);
        AddAvx2<TElement>(panel, columns, x.ValuesOf(token), x.ValueStride, count, y, stride);
    }

    /// <summary>Starts the results at 0.</summary>
    public static void ClearAvx2(int count, float* y, nint stride)
    {
        for (int t = 0; t < count; t++, y += stride)
        {
            new Span<float>(y, FloatPanel.Rows).Clear();
        }
    }

    /// <summary>Adds the products of columns to the results of 1 to 4 tokens: whole groups, but for a row's last columns.</summary>
    public static void AddAvx2<TElement>(byte* panel, int columns, float* x, nint valueStride, int count, float* y, nint stride)
        where TElement : struct, IElement
    {
        switch (count)
        {
            case 1: AddAvx2<TElement, TokenCount.One>(panel, columns, x, valueStride, y, stride); break;
            case 2: AddAvx2<TElement, TokenCount.Two>(panel, columns, x, valueStride, y, stride); break;
            case 3: AddAvx2<TElement, TokenCount.Three>(panel, columns, x, valueStride, y, stride); break;
            default: AddAvx2<TElement, TokenCount.Four>(panel, columns, x, valueStride, y, stride); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddAvx2<TElement, TCount>(byte* panel, int columns, float* x0, nint valueStride, float* y0, nint stride)
        where TElement : struct, IElement
        where TCount : struct, ITokenCount
    {
        float* x1 = x0 + valueStride, x2 = x1 + valueStride, x3 = x2 + valueStride;
        float* y1 = y0 + stride, y2 = y1 + stride, y3 = y2 + stride;
        nint c = 0;
        while (c < columns)
        {
            nint groupEnd = Math.Min(c + GroupColumns, columns);
            Vector256<float> groupA0 = Vector256<float>.Zero, groupA1 = groupA0, groupA2 = groupA0, groupA3 = groupA0;
            Vector256<float> groupB0 = groupA0, groupB1 = groupA0, groupB2 = groupA0, groupB3 = groupA0;
            while (c < groupEnd)
            {
                nint runEnd = Math.Min(c + RunColumns, groupEnd);
                Vector256<float> runA0 = Vector256<float>.Zero, runA1 = runA0, runA2 = runA0, runA3 = runA0;
                Vector256<float> runB0 = runA0, runB1 = runA0, runB2 = runA0, runB3 = runA0;
                for (; c < runEnd; c++, panel += FloatPanel.Rows * TElement.Bytes)
                {
                    if (Prefetches<TElement, TCount>())
                    {
                        Sse.Prefetch1(panel + PrefetchDistance);
                    }

                    Vector256<float> a = TElement.Widen256(panel), b = TElement.Widen256(panel + (RowsA * TElement.Bytes));
                    MultiplyAdd(a, b, x0[c], ref runA0, ref runB0);
                    if (TCount.Value > 1) MultiplyAdd(a, b, x1[c], ref runA1, ref runB1);
                    if (TCount.Value > 2) MultiplyAdd(a, b, x2[c], ref runA2, ref runB2);
                    if (TCount.Value > 3) MultiplyAdd(a, b, x3[c], ref runA3, ref runB3);
                }

                groupA0 += runA0;
                if (TCount.Value > 1) groupA1 += runA1;
                if (TCount.Value > 2) groupA2 += runA2;
                if (TCount.Value > 3) groupA3 += runA3;
                groupB0 += runB0;
                if (TCount.Value > 1) groupB1 += runB1;
                if (TCount.Value > 2) groupB2 += runB2;
                if (TCount.Value > 3) groupB3 += runB3;
            }

            Add(groupA0, groupB0, y0);
            if (TCount.Value > 1) Add(groupA1, groupB1, y1);
            if (TCount.Value > 2) Add(groupA2, groupB2, y2);
            if (TCount.Value > 3) Add(groupA3, groupB3, y3);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(Vector256<float> a, Vector256<float> b, float* y)
    {
        (Vector256.Load(y) + a).Store(y);
        (Vector256.Load(y + RowsA) + b).Store(y + RowsA);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MultiplyAdd(Vector256<float> a, Vector256<float> b, float value, ref Vector256<float> sumA, ref Vector256<float> sumB)
    {
        Vector256<float> values = Vector256.Create(value);
        sumA = Fma.MultiplyAdd(a, values, sumA);
        sumB = Fma.MultiplyAdd(b, values, sumB);
    }
}
