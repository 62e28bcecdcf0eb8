using System.Runtime.Intrinsics;
using Tessera.Numerics;

namespace Tessera.Quant.Float;

internal static unsafe partial class FloatKernel
{
    public static float DotVector128<TElement>(byte* row, int columns, in ActivationBatch x, int token)
        where TElement : struct, IElement
    {
        const int Step = 4;
        float* values = x.ValuesOf(token);
        Vector128<float> even = Vector128<float>.Zero, odd = even;
        int c = 0;
        for (; c <= columns - (2 * Step); c += 2 * Step)
        {
            byte* weights = row + ((long)c * TElement.Bytes);
            even = Vector128.MultiplyAddEstimate(TElement.Widen128(weights), Vector128.Load(values + c), even);
            odd = Vector128.MultiplyAddEstimate(TElement.Widen128(weights + (Step * TElement.Bytes)), Vector128.Load(values + c + Step), odd);
        }

        if (c <= columns - Step)
        {
            even = Vector128.MultiplyAddEstimate(TElement.Widen128(row + ((long)c * TElement.Bytes)), Vector128.Load(values + c), even);
            c += Step;
        }

        return Vector128.Sum(even + odd) + DotRest<TElement>(row, values, c, columns);
    }

    public static void DotFourVector128<TElement>(byte* row, int columns, in ActivationBatch x, int token, float* y, int stride)
        where TElement : struct, IElement
    {
        const int Step = 4;
        float* v0 = x.ValuesOf(token), v1 = x.ValuesOf(token + 1), v2 = x.ValuesOf(token + 2), v3 = x.ValuesOf(token + 3);
        Vector128<float> even0 = Vector128<float>.Zero, even1 = even0, even2 = even0, even3 = even0;
        Vector128<float> odd0 = even0, odd1 = even0, odd2 = even0, odd3 = even0;
        int c = 0;
        for (; c <= columns - (2 * Step); c += 2 * Step)
        {
            byte* weights = row + ((long)c * TElement.Bytes);
            Vector128<float> w = TElement.Widen128(weights);
            even0 = Vector128.MultiplyAddEstimate(w, Vector128.Load(v0 + c), even0);
            even1 = Vector128.MultiplyAddEstimate(w, Vector128.Load(v1 + c), even1);
            even2 = Vector128.MultiplyAddEstimate(w, Vector128.Load(v2 + c), even2);
            even3 = Vector128.MultiplyAddEstimate(w, Vector128.Load(v3 + c), even3);
            w = TElement.Widen128(weights + (Step * TElement.Bytes));
            odd0 = Vector128.MultiplyAddEstimate(w, Vector128.Load(v0 + c + Step), odd0);
            odd1 = Vector128.MultiplyAddEstimate(w, Vector128.Load(v1 + c + Step), odd1);
            odd2 = Vector128.MultiplyAddEstimate(w, Vector128.Load(v2 + c + Step), odd2);
            odd3 = Vector128.MultiplyAddEstimate(w, Vector128.Load(v3 + c + Step), odd3);
        }

        if (c <= columns - Step)
        {
            Vector128<float> w = TElement.Widen128(row + ((long)c * TElement.Bytes));
            even0 = Vector128.MultiplyAddEstimate(w, Vector128.Load(v0 + c), even0);
            even1 = Vector128.MultiplyAddEstimate(w, Vector128.Load(v1 + c), even1);
            even2 = Vector128.MultiplyAddEstimate(w, Vector128.Load(v2 + c), even2);
            even3 = Vector128.MultiplyAddEstimate(w, Vector128.Load(v3 + c), even3);
            c += Step;
        }

        y[0] = Vector128.Sum(even0 + odd0) + DotRest<TElement>(row, v0, c, columns);
        y[stride] = Vector128.Sum(even1 + odd1) + DotRest<TElement>(row, v1, c, columns);
        y[2L * stride] = Vector128.Sum(even2 + odd2) + DotRest<TElement>(row, v2, c, columns);
        y[3L * stride] = Vector128.Sum(even3 + odd3) + DotRest<TElement>(row, v3, c, columns);
    }
}
