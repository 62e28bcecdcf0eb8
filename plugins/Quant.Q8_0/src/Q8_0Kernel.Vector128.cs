using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Numerics;

namespace Tessera.Quant.Q8_0;

internal static unsafe partial class Q8_0Kernel
{
    public static float DotVector128(byte* row, int blocks, in ActivationBatch x, int token)
    {
        sbyte* activations = x.QuantsOf(token);
        float* scales = x.ScalesOf(token);
        Vector128<float> sum = Vector128<float>.Zero;
        for (int i = 0; i < blocks; i++, row += Q8_0Block.Bytes, activations += Q8_0Block.Elements)
        {
            sbyte* weights = Q8_0Block.Quants(row);
            (Vector128<short> w0, Vector128<short> w1) = Vector128.Widen(Vector128.Load(weights));
            (Vector128<short> w2, Vector128<short> w3) = Vector128.Widen(Vector128.Load(weights + 16));
            sum = AddBlock(sum, w0, w1, w2, w3, activations, Q8_0Block.ReadScale(row) * scales[i]);
        }

        return Vector128.Sum(sum);
    }

    public static void DotFourVector128(byte* row, int blocks, in ActivationBatch x, int token, float* y, int stride)
    {
        sbyte* a0 = x.QuantsOf(token), a1 = x.QuantsOf(token + 1), a2 = x.QuantsOf(token + 2), a3 = x.QuantsOf(token + 3);
        float* s0 = x.ScalesOf(token), s1 = x.ScalesOf(token + 1), s2 = x.ScalesOf(token + 2), s3 = x.ScalesOf(token + 3);
        Vector128<float> sum0 = Vector128<float>.Zero, sum1 = sum0, sum2 = sum0, sum3 = sum0;
        for (int i = 0; i < blocks; i++, row += Q8_0Block.Bytes)
        {
            sbyte* weights = Q8_0Block.Quants(row);
            (Vector128<short> w0, Vector128<short> w1) = Vector128.Widen(Vector128.Load(weights));
            (Vector128<short> w2, Vector128<short> w3) = Vector128.Widen(Vector128.Load(weights + 16));
            float d = Q8_0Block.ReadScale(row);
            nint column = (nint)i * Q8_0Block.Elements;
            sum0 = AddBlock(sum0, w0, w1, w2, w3, a0 + column, d * s0[i]);
            sum1 = AddBlock(sum1, w0, w1, w2, w3, a1 + column, d * s1[i]);
            sum2 = AddBlock(sum2, w0, w1, w2, w3, a2 + column, d * s2[i]);
            sum3 = AddBlock(sum3, w0, w1, w2, w3, a3 + column, d * s3[i]);
        }

        y[0] = Vector128.Sum(sum0);
        y[stride] = Vector128.Sum(sum1);
        y[2L * stride] = Vector128.Sum(sum2);
        y[3L * stride] = Vector128.Sum(sum3);
    }

    /// <summary>Adds four partial sums of a block: products in pairs as 16 bits, the pairs as 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> AddBlock(
        Vector128<float> sum, Vector128<short> w0, Vector128<short> w1, Vector128<short> w2, Vector128<short> w3, sbyte* activations, float scale)
    {
        (Vector128<short> x0, Vector128<short> x1) = Vector128.Widen(Vector128.Load(activations));
        (Vector128<short> x2, Vector128<short> x3) = Vector128.Widen(Vector128.Load(activations + 16));
        (Vector128<int> p0, Vector128<int> p1) = Vector128.Widen((w0 * x0) + (w1 * x1));
        (Vector128<int> p2, Vector128<int> p3) = Vector128.Widen((w2 * x2) + (w3 * x3));
        Vector128<int> dot = (p0 + p1) + (p2 + p3);
        return Vector128.MultiplyAddEstimate(Vector128.ConvertToSingle(dot), Vector128.Create(scale), sum);
    }
}
