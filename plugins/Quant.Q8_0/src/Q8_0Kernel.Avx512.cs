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
        for (; i <= blocks - 4; i += 4, row += 4 * Q8_0Block.Bytes, activations += 4 * Q8_0Block.Elements)
        {
            Vector128<float> scale = Q8_0Block.ReadFourScales(row) * Vector128.Load(scales + i);
            Vector512<sbyte> first = LoadPair(row);
            Vector512<sbyte> second = LoadPair(row + (2 * Q8_0Block.Bytes));
            sum = AddBlocks(sum, first, Avx512BW.Abs(first), Vector512.Load(activations), Spread(scale, FirstPair));
            sum = AddBlocks(sum, second, Avx512BW.Abs(second), Vector512.Load(activations + (2 * Q8_0Block.Elements)), Spread(scale, SecondPair));
        }

        for (; i <= blocks - 2; i += 2, row += 2 * Q8_0Block.Bytes, activations += 2 * Q8_0Block.Elements)
        {
            Vector512<sbyte> weights = LoadPair(row);
            Vector128<float> scale = ReadTwoScales(row) * LoadTwo(scales + i);
            sum = AddBlocks(sum, weights, Avx512BW.Abs(weights), Vector512.Load(activations), Spread(scale, FirstPair));
        }

        if (i < blocks)
        {
            Vector512<sbyte> weights = Vector256.Load(Q8_0Block.Quants(row)).ToVector512();
            Vector512<float> scale = Vector512.Create(Q8_0Block.ReadScale(row) * scales[i]);
            sum = AddBlocks(sum, weights, Avx512BW.Abs(weights), Vector256.Load(activations).ToVector512(), scale);
        }

        return Vector512.Sum(sum);
    }

    public static void DotFourAvx512(byte* row, int blocks, in ActivationBatch x, int token, float* y, int stride)
    {
        sbyte* a0 = x.QuantsOf(token), a1 = x.QuantsOf(token + 1), a2 = x.QuantsOf(token + 2), a3 = x.QuantsOf(token + 3);
        float* s0 = x.ScalesOf(token), s1 = x.ScalesOf(token + 1), s2 = x.ScalesOf(token + 2), s3 = x.ScalesOf(token + 3);
        Vector512<float> sum0 = Vector512<float>.Zero, sum1 = sum0, sum2 = sum0, sum3 = sum0;
        int i = 0;
        for (; i <= blocks - 2; i += 2, row += 2 * Q8_0Block.Bytes)
        {
            Vector512<sbyte> weights = LoadPair(row);
            Vector512<byte> magnitudes = Avx512BW.Abs(weights);
            Vector128<float> d = ReadTwoScales(row);
            nint column = (nint)i * Q8_0Block.Elements;
            sum0 = AddBlocks(sum0, weights, magnitudes, Vector512.Load(a0 + column), Spread(d * LoadTwo(s0 + i), FirstPair));
            sum1 = AddBlocks(sum1, weights, magnitudes, Vector512.Load(a1 + column), Spread(d * LoadTwo(s1 + i), FirstPair));
            sum2 = AddBlocks(sum2, weights, magnitudes, Vector512.Load(a2 + column), Spread(d * LoadTwo(s2 + i), FirstPair));
            sum3 = AddBlocks(sum3, weights, magnitudes, Vector512.Load(a3 + column), Spread(d * LoadTwo(s3 + i), FirstPair));
        }

        if (i < blocks)
        {
            Vector512<sbyte> weights = Vector256.Load(Q8_0Block.Quants(row)).ToVector512();
            Vector512<byte> magnitudes = Avx512BW.Abs(weights);
            float d = Q8_0Block.ReadScale(row);
            nint column = (nint)i * Q8_0Block.Elements;
            sum0 = AddBlocks(sum0, weights, magnitudes, Vector256.Load(a0 + column).ToVector512(), Vector512.Create(d * s0[i]));
            sum1 = AddBlocks(sum1, weights, magnitudes, Vector256.Load(a1 + column).ToVector512(), Vector512.Create(d * s1[i]));
            sum2 = AddBlocks(sum2, weights, magnitudes, Vector256.Load(a2 + column).ToVector512(), Vector512.Create(d * s2[i]));
            sum3 = AddBlocks(sum3, weights, magnitudes, Vector256.Load(a3 + column).ToVector512(), Vector512.Create(d * s3[i]));
        }

        y[0] = Vector512.Sum(sum0);
        y[stride] = Vector512.Sum(sum1);
        y[2L * stride] = Vector512.Sum(sum2);
        y[3L * stride] = Vector512.Sum(sum3);
    }

    private static Vector512<int> FirstPair
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.Create(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
    }

    private static Vector512<int> SecondPair
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.Create(2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<sbyte> LoadPair(byte* row) =>
        Vector256.Load(Q8_0Block.Quants(row)).ToVector512Unsafe().WithUpper(Vector256.Load(Q8_0Block.Quants(row + Q8_0Block.Bytes)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ReadTwoScales(byte* row)
    {
        uint both = *(ushort*)row | ((uint)*(ushort*)(row + Q8_0Block.Bytes) << 16);
        return Binary16.ToSingle(Vector128.WidenLower(Vector128.CreateScalar(both).AsInt16()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> LoadTwo(float* scales) => Vector128.CreateScalar(*(double*)scales).AsSingle();

    /// <summary>The scales of two blocks, each in the eight lanes of its block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Spread(Vector128<float> scales, Vector512<int> lanes) =>
        Avx512F.PermuteVar16x32(scales.ToVector256Unsafe().ToVector512Unsafe(), lanes);

    /// <summary>Adds sixteen partial sums, each of four columns; the weights' signs go to the activations, as with AVX2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> AddBlocks(
        Vector512<float> sum, Vector512<sbyte> weights, Vector512<byte> magnitudes, Vector512<sbyte> activations, Vector512<float> scale)
    {
        Vector512<sbyte> signed = Vector512.ConditionalSelect(Vector512.LessThan(weights, Vector512<sbyte>.Zero), -activations, activations);
        Vector512<int> dot = Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(magnitudes, signed), Vector512<short>.One);
        return Avx512F.FusedMultiplyAdd(Vector512.ConvertToSingle(dot), scale, sum);
    }
}
