using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tessera.Numerics;

namespace Tessera.Quant.Q8_0;

/// <remarks>Two blocks at a time, one in each half of a vector; a last single block leaves the upper half zero.</remarks>
internal static unsafe partial class Q8_0Kernel
{
    public static float DotAvx512(byte* row, int blocks, in ActivationBatch x, int token)
    {
        sbyte* activations = x.QuantsOf(token);
        float* scales = x.ScalesOf(token);
        Vector512<float> sum = Vector512<float>.Zero;
        int i = 0;
        for (; i + 2 <= blocks; i += 2, row += 2 * Q8_0Block.Bytes, activations += 2 * Q8_0Block.Elements)
        {
            Vector512<sbyte> weights = LoadPair(row);
            sum = AddPair(sum, weights, Avx512BW.Abs(weights), ReadScales(row), activations, scales + i);
        }

        if (i < blocks)
        {
            Vector512<sbyte> weights = Vector256.Load(Q8_0Block.Quants(row)).ToVector512();
            sum = AddLast(sum, weights, Avx512BW.Abs(weights), activations, Q8_0Block.ReadScale(row) * scales[i]);
        }

        return Vector512.Sum(sum);
    }

    public static void DotFourAvx512(byte* row, int blocks, in ActivationBatch x, int token, float* y, int stride)
    {
        sbyte* a0 = x.QuantsOf(token), a1 = x.QuantsOf(token + 1), a2 = x.QuantsOf(token + 2), a3 = x.QuantsOf(token + 3);
        float* s0 = x.ScalesOf(token), s1 = x.ScalesOf(token + 1), s2 = x.ScalesOf(token + 2), s3 = x.ScalesOf(token + 3);
        Vector512<float> sum0 = Vector512<float>.Zero, sum1 = sum0, sum2 = sum0, sum3 = sum0;
        int i = 0;
        for (; i + 2 <= blocks; i += 2, row += 2 * Q8_0Block.Bytes)
        {
            Vector512<sbyte> weights = LoadPair(row);
            Vector512<byte> magnitudes = Avx512BW.Abs(weights);
            Vector512<float> d = ReadScales(row);
            nint column = (nint)i * Q8_0Block.Elements;
            sum0 = AddPair(sum0, weights, magnitudes, d, a0 + column, s0 + i);
            sum1 = AddPair(sum1, weights, magnitudes, d, a1 + column, s1 + i);
            sum2 = AddPair(sum2, weights, magnitudes, d, a2 + column, s2 + i);
            sum3 = AddPair(sum3, weights, magnitudes, d, a3 + column, s3 + i);
        }

        if (i < blocks)
        {
            Vector512<sbyte> weights = Vector256.Load(Q8_0Block.Quants(row)).ToVector512();
            Vector512<byte> magnitudes = Avx512BW.Abs(weights);
            float d = Q8_0Block.ReadScale(row);
            nint column = (nint)i * Q8_0Block.Elements;
            sum0 = AddLast(sum0, weights, magnitudes, a0 + column, d * s0[i]);
            sum1 = AddLast(sum1, weights, magnitudes, a1 + column, d * s1[i]);
            sum2 = AddLast(sum2, weights, magnitudes, a2 + column, d * s2[i]);
            sum3 = AddLast(sum3, weights, magnitudes, a3 + column, d * s3[i]);
        }

        y[0] = Vector512.Sum(sum0);
        y[stride] = Vector512.Sum(sum1);
        y[2L * stride] = Vector512.Sum(sum2);
        y[3L * stride] = Vector512.Sum(sum3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<sbyte> LoadPair(byte* row) =>
        Vector256.Load(Q8_0Block.Quants(row)).ToVector512Unsafe().WithUpper(Vector256.Load(Q8_0Block.Quants(row + Q8_0Block.Bytes)));

    /// <summary>The scales of two blocks, each in eight lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> ReadScales(byte* row) =>
        Vector256.Create(Q8_0Block.ReadScale(row)).ToVector512Unsafe().WithUpper(Vector256.Create(Q8_0Block.ReadScale(row + Q8_0Block.Bytes)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> AddPair(
        Vector512<float> sum, Vector512<sbyte> weights, Vector512<byte> magnitudes, Vector512<float> d, sbyte* activations, float* scales)
    {
        // Both scales in every 128 bits; the lower four of those take the first, the upper four the second.
        Vector512<float> pair = Vector512.Create(*(double*)scales).AsSingle();
        Vector512<float> scale = Avx512F.PermuteVar4x32(pair, Vector512.Create(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1));
        return Avx512F.FusedMultiplyAdd(Dot(weights, magnitudes, Vector512.Load(activations)), d * scale, sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> AddLast(Vector512<float> sum, Vector512<sbyte> weights, Vector512<byte> magnitudes, sbyte* activations, float scale) =>
        Avx512F.FusedMultiplyAdd(Dot(weights, magnitudes, Vector256.Load(activations).ToVector512()), Vector512.Create(scale), sum);

    /// <summary>Sixteen partial sums, each of four columns; the weights' signs go to the activations, as with AVX2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Dot(Vector512<sbyte> weights, Vector512<byte> magnitudes, Vector512<sbyte> activations)
    {
        Vector512<sbyte> signed = Vector512.ConditionalSelect(Vector512.LessThan(weights, Vector512<sbyte>.Zero), -activations, activations);
        Vector512<int> dot = Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(magnitudes, signed), Vector512<short>.One);
        return Vector512.ConvertToSingle(dot);
    }
}
