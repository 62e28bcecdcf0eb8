using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tessera.Kernels;
using Tessera.Numerics;

namespace Tessera.Quant.Float;

/// <summary>512 bits: 16 rows and eight tokens. A multiply-add takes a token's activation from memory into all lanes.</summary>
internal static unsafe partial class FloatPanelKernel
{
    private static void MultiplyAvx512<TElement>(byte* panel, int columns, in ActivationBatch x, int token, int count, float* y, int stride)
        where TElement : struct, IElement
    {
        switch (count)
        {
            case 1: MultiplyAvx512<TElement, TokenCount.One>(panel, columns, x, token, y, stride); break;
            case 2: MultiplyAvx512<TElement, TokenCount.Two>(panel, columns, x, token, y, stride); break;
            case 3: MultiplyAvx512<TElement, TokenCount.Three>(panel, columns, x, token, y, stride); break;
            case 4: MultiplyAvx512<TElement, TokenCount.Four>(panel, columns, x, token, y, stride); break;
            case 5: MultiplyAvx512<TElement, TokenCount.Five>(panel, columns, x, token, y, stride); break;
            case 6: MultiplyAvx512<TElement, TokenCount.Six>(panel, columns, x, token, y, stride); break;
            case 7: MultiplyAvx512<TElement, TokenCount.Seven>(panel, columns, x, token, y, stride); break;
            default: MultiplyAvx512<TElement, TokenCount.Eight>(panel, columns, x, token, y, stride); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyAvx512<TElement, TCount>(byte* panel, int columns, in ActivationBatch x, int token, float* y, int stride)
        where TElement : struct, IElement
        where TCount : struct, ITokenCount
    {
        nint valueStride = x.ValueStride;
        float* x0 = x.ValuesOf(token), x1 = x0 + valueStride, x2 = x1 + valueStride, x3 = x2 + valueStride;
        float* x4 = x3 + valueStride, x5 = x4 + valueStride, x6 = x5 + valueStride, x7 = x6 + valueStride;
        Vector512<float> sum0 = Vector512<float>.Zero, sum1 = sum0, sum2 = sum0, sum3 = sum0, sum4 = sum0, sum5 = sum0, sum6 = sum0, sum7 = sum0;
        nint c = 0;
        while (c < columns)
        {
            nint groupEnd = Math.Min(c + GroupColumns, columns);
            Vector512<float> group0 = Vector512<float>.Zero, group1 = group0, group2 = group0,
                group3 = group0, group4 = group0, group5 = group0, group6 = group0, group7 = group0;
            while (c < groupEnd)
            {
                nint runEnd = Math.Min(c + RunColumns, groupEnd);
                Vector512<float> run0 = Vector512<float>.Zero, run1 = run0, run2 = run0, run3 = run0, run4 = run0, run5 = run0, run6 = run0, run7 = run0;
                for (; c < runEnd; c++, panel += FloatPanel.Rows * TElement.Bytes)
                {
                    if (Prefetches<TElement, TCount>())
                    {
                        Sse.Prefetch1(panel + PrefetchDistance);
                    }

                    Vector512<float> weights = TElement.Widen512(panel);
                    run0 = Avx512F.FusedMultiplyAdd(weights, Vector512.Create(x0[c]), run0);
                    if (TCount.Value > 1) run1 = Avx512F.FusedMultiplyAdd(weights, Vector512.Create(x1[c]), run1);
                    if (TCount.Value > 2) run2 = Avx512F.FusedMultiplyAdd(weights, Vector512.Create(x2[c]), run2);
                    if (TCount.Value > 3) run3 = Avx512F.FusedMultiplyAdd(weights, Vector512.Create(x3[c]), run3);
                    if (TCount.Value > 4) run4 = Avx512F.FusedMultiplyAdd(weights, Vector512.Create(x4[c]), run4);
                    if (TCount.Value > 5) run5 = Avx512F.FusedMultiplyAdd(weights, Vector512.Create(x5[c]), run5);
                    if (TCount.Value > 6) run6 = Avx512F.FusedMultiplyAdd(weights, Vector512.Create(x6[c]), run6);
                    if (TCount.Value > 7) run7 = Avx512F.FusedMultiplyAdd(weights, Vector512.Create(x7[c]), run7);
                }

                group0 += run0;
                if (TCount.Value > 1) group1 += run1;
                if (TCount.Value > 2) group2 += run2;
                if (TCount.Value > 3) group3 += run3;
                if (TCount.Value > 4) group4 += run4;
                if (TCount.Value > 5) group5 += run5;
                if (TCount.Value > 6) group6 += run6;
                if (TCount.Value > 7) group7 += run7;
            }

            sum0 += group0;
            if (TCount.Value > 1) sum1 += group1;
            if (TCount.Value > 2) sum2 += group2;
            if (TCount.Value > 3) sum3 += group3;
            if (TCount.Value > 4) sum4 += group4;
            if (TCount.Value > 5) sum5 += group5;
            if (TCount.Value > 6) sum6 += group6;
            if (TCount.Value > 7) sum7 += group7;
        }

        nint nextToken = stride;
        sum0.Store(y);
        if (TCount.Value > 1) sum1.Store(y + nextToken);
        if (TCount.Value > 2) sum2.Store(y + (2 * nextToken));
        if (TCount.Value > 3) sum3.Store(y + (3 * nextToken));
        if (TCount.Value > 4) sum4.Store(y + (4 * nextToken));
        if (TCount.Value > 5) sum5.Store(y + (5 * nextToken));
        if (TCount.Value > 6) sum6.Store(y + (6 * nextToken));
        if (TCount.Value > 7) sum7.Store(y + (7 * nextToken));
    }
}
