using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tessera.Numerics;

namespace Tessera.Quant.Float;

internal static unsafe partial class FloatKernel
{
    public static float DotAvx512<TElement>(byte* row, int columns, in ActivationBatch x, int token)
        where TElement : struct, IElement
    {
        const int Step = 16;
        float* values = x.ValuesOf(token);
        Vector512<float> even = Vector512<float>.Zero, odd = even;
        int c = 0;
        for (; c <= columns - (2 * Step); c += 2 * Step)
        {
            byte* weights = row + ((long)c * TElement.Bytes);
            even = Avx512F.FusedMultiplyAdd(TElement.Widen512(weights), Vector512.Load(values + c), even);
            odd = Avx512F.FusedMultiplyAdd(TElement.Widen512(weights + (Step * TElement.Bytes)), Vector512.Load(values + c + Step), odd);
        }

        if (c <= columns - Step)
        {
            even = Avx512F.FusedMultiplyAdd(TElement.Widen512(row + ((long)c * TElement.Bytes)), Vector512.Load(values + c), even);
            c += Step;
        }

        return Vector512.Sum(even + odd) + DotRest<TElement>(row, values, c, columns);
    }

    public static void DotFourAvx512<TElement>(byte* row, int columns, in ActivationBatch x, int token, float* y, int stride)
        where TElement : struct, IElement
    {
        const int Step = 16;
        float* v0 = x.ValuesOf(token), v1 = x.ValuesOf(token + 1), v2 = x.ValuesOf(token + 2), v3 = x.ValuesOf(token + 3);
        Vector512<float> even0 = Vector512<float>.Zero, even1 = even0, even2 = even0, even3 = even0;
        Vector512<float> odd0 = even0, odd1 = even0, odd2 = even0, odd3 = even0;
        int c = 0;
        for (; c <= columns - (2 * Step); c += 2 * Step)
        {
            byte* weights = row + ((long)c * TElement.Bytes);
            Vector512<float> w = TElement.Widen512(weights);
            even0 = Avx512F.FusedMultiplyAdd(w, Vector512.Load(v0 + c), even0);
            even1 = Avx512F.FusedMultiplyAdd(w, Vector512.Load(v1 + c), even1);
            even2 = Avx512F.FusedMultiplyAdd(w, Vector512.Load(v2 + c), even2);
            even3 = Avx512F.FusedMultiplyAdd(w, Vector512.Load(v3 + c), even3);
            w = TElement.Widen512(weights + (Step * TElement.Bytes));
            odd0 = Avx512F.FusedMultiplyAdd(w, Vector512.Load(v0 + c + Step), odd0);
            odd1 = Avx512F.FusedMultiplyAdd(w, Vector512.Load(v1 + c + Step), odd1);
            odd2 = Avx512F.FusedMultiplyAdd(w, Vector512.Load(v2 + c + Step), odd2);
            odd3 = Avx512F.FusedMultiplyAdd(w, Vector512.Load(v3 + c + Step), odd3);
        }

        if (c <= columns - Step)
        {
            Vector512<float> w = TElement.Widen512(row + ((long)c * TElement.Bytes));
            even0 = Avx512F.FusedMultiplyAdd(w, Vector512.Load(v0 + c), even0);
            even1 = Avx512F.FusedMultiplyAdd(w, Vector512.Load(v1 + c), even1);
            even2 = Avx512F.FusedMultiplyAdd(w, Vector512.Load(v2 + c), even2);
            even3 = Avx512F.FusedMultiplyAdd(w, Vector512.Load(v3 + c), even3);
            c += Step;
        }

        y[0] = Vector512.Sum(even0 + odd0) + DotRest<TElement>(row, v0, c, columns);
        y[stride] = Vector512.Sum(even1 + odd1) + DotRest<TElement>(row, v1, c, columns);
        y[2L * stride] = Vector512.Sum(even2 + odd2) + DotRest<TElement>(row, v2, c, columns);
        y[3L * stride] = Vector512.Sum(even3 + odd3) + DotRest<TElement>(row, v3, c, columns);
    }
}
