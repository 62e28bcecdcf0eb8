using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tessera.Numerics;

namespace Tessera.Quant.Q8_0;

internal static unsafe partial class Q8_0Kernel
{
    public static float DotAvx2(byte* row, int blocks, in ActivationBatch x, int token)
    {
        sbyte* activations = x.QuantsOf(token);
        float* scales = x.ScalesOf(token);
        Vector256<float> sum = Vector256<float>.Zero;
        int i = 0;
        for (; i <= blocks - 4; i += 4)
        {
            Vector256<float> scale = (Q8_0Block.ReadFourScales(row) * Vector128.Load(scales + i)).ToVector256Unsafe();
            for (int lane = 0; lane < 4; lane++, row += Q8_0Block.Bytes, activations += Q8_0Block.Elements)
            {
                Vector256<sbyte> weights = Vector256.Load(Q8_0Block.Quants(row));
                sum = AddBlock(sum, weights, Avx2.Abs(weights), activations, Avx2.PermuteVar8x32(scale, Vector256.Create(lane)));
            }
        }

        for (; i < blocks; i++, row += Q8_0Block.Bytes, activations += Q8_0Block.Elements)
        {
            Vector256<sbyte> weights = Vector256.Load(Q8_0Block.Quants(row));
            sum = AddBlock(sum, weights, Avx2.Abs(weights), activations, Vector256.Create(Q8_0Block.ReadScale(row) * scales[i]));
        }

        return Vector256.Sum(sum);
    }

    public static void DotFourAvx2(byte* row, int blocks, in ActivationBatch x, int token, float* y, int stride)
    {
        sbyte* a0 = x.QuantsOf(token), a1 = x.QuantsOf(token + 1), a2 = x.QuantsOf(token + 2), a3 = x.QuantsOf(token + 3);
        float* s0 = x.ScalesOf(token), s1 = x.ScalesOf(token + 1), s2 = x.ScalesOf(token + 2), s3 = x.ScalesOf(token + 3);
        Vector256<float> sum0 = Vector256<float>.Zero, sum1 = sum0, sum2 = sum0, sum3 = sum0;
        for (int i = 0; i < blocks; i++, row += Q8_0Block.Bytes)
        {
            Vector256<sbyte> weights = Vector256.Load(Q8_0Block.Quants(row));
            Vector256<byte> magnitudes = Avx2.Abs(weights);
            float d = Q8_0Block.ReadScale(row);
            nint column = (nint)i * Q8_0Block.Elements;
            sum0 = AddBlock(sum0, weights, magnitudes, a0 + column, Vector256.Create(d * s0[i]));
            sum1 = AddBlock(sum1, weights, magnitudes, a1 + column, Vector256.Create(d * s1[i]));
            sum2 = AddBlock(sum2, weights, magnitudes, a2 + column, Vector256.Create(d * s2[i]));
            sum3 = AddBlock(sum3, weights, magnitudes, a3 + column, Vector256.Create(d * s3[i]));
        }

        y[0] = Vector256.Sum(sum0);
        y[stride] = Vector256.Sum(sum1);
        y[2L * stride] = Vector256.Sum(sum2);
        y[3L * stride] = Vector256.Sum(sum3);
    }

    /// <summary>
    /// Adds eight partial sums of a block, each of four columns. The multiplication wants one unsigned side: the weights' magnitudes, up to 128,
    /// while their signs go to the activations, which can be negated without overflow.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> AddBlock(
        Vector256<float> sum, Vector256<sbyte> weights, Vector256<byte> magnitudes, sbyte* activations, Vector256<float> scale)
    {
        Vector256<short> pairs = Avx2.MultiplyAddAdjacent(magnitudes, Avx2.Sign(Vector256.Load(activations), weights));
        Vector256<int> dot = Avx2.MultiplyAddAdjacent(pairs, Vector256<short>.One);
        return Fma.MultiplyAdd(Vector256.ConvertToSingle(dot), scale, sum);
    }
}
