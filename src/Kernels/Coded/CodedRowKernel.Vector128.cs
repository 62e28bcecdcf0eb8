using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using Tessera.Numerics;

namespace Tessera.Kernels.Coded;

/// <remarks>Portable 128-bit vectors: half a group is one vector of signed bytes, multiplied in 16 bits or by ARM64's dot product.</remarks>
internal static unsafe partial class CodedRowKernel<TBlock>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float DotVector128(byte* row, int blocks, in ActivationBatch x, int token)
    {
        sbyte* quants = x.QuantsOf(token);
        float* scales = x.ScalesOf(token);
        short* sums = x.SumsOf(token);
        Vector128<float> result = Vector128<float>.Zero;
        float minimums = 0;
        for (int i = 0; i < blocks; i++, row += TBlock.Bytes)
        {
            float d = CodedBlock<TBlock>.ReadScale(row);
            for (int group = 0; group < CodedBlock<TBlock>.Groups; group++, quants += 32, scales++, sums += 2)
            {
                Vector128<sbyte> values0 = CodedBlock<TBlock>.ReadValues(row, 2 * group), values1 = CodedBlock<TBlock>.ReadValues(row, (2 * group) + 1);
                ReadSubScales(row, group, out int lower, out int upper);
                result = AddGroup(result, values0, values1, lower, upper, quants, d, *scales);
                minimums = AddMinimums(minimums, row, group, sums, *scales);
            }
        }

        return Vector128.Sum(result) + minimums;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DotFourVector128(byte* row, int blocks, in ActivationBatch x, int token, float* y, int stride)
    {
        nint quantStride = x.QuantStride, scaleStride = quantStride / 32, sumStride = quantStride / 16;
        sbyte* quants = x.QuantsOf(token);
        float* scales = x.ScalesOf(token);
        short* sums = x.SumsOf(token);
        Vector128<float> result0 = Vector128<float>.Zero, result1 = result0, result2 = result0, result3 = result0;
        float minimums0 = 0, minimums1 = 0, minimums2 = 0, minimums3 = 0;
        for (int i = 0; i < blocks; i++, row += TBlock.Bytes)
        {
            float d = CodedBlock<TBlock>.ReadScale(row);
            for (int group = 0; group < CodedBlock<TBlock>.Groups; group++, quants += 32, scales++, sums += 2)
            {
                Vector128<sbyte> values0 = CodedBlock<TBlock>.ReadValues(row, 2 * group), values1 = CodedBlock<TBlock>.ReadValues(row, (2 * group) + 1);
                ReadSubScales(row, group, out int lower, out int upper);
                result0 = AddGroup(result0, values0, values1, lower, upper, quants, d, scales[0]);
                result1 = AddGroup(result1, values0, values1, lower, upper, quants + quantStride, d, scales[scaleStride]);
                result2 = AddGroup(result2, values0, values1, lower, upper, quants + (2 * quantStride), d, scales[2 * scaleStride]);
                result3 = AddGroup(result3, values0, values1, lower, upper, quants + (3 * quantStride), d, scales[3 * scaleStride]);
                minimums0 = AddMinimums(minimums0, row, group, sums, scales[0]);
                minimums1 = AddMinimums(minimums1, row, group, sums + sumStride, scales[scaleStride]);
                minimums2 = AddMinimums(minimums2, row, group, sums + (2 * sumStride), scales[2 * scaleStride]);
                minimums3 = AddMinimums(minimums3, row, group, sums + (3 * sumStride), scales[3 * scaleStride]);
            }
        }

        y[0] = Vector128.Sum(result0) + minimums0;
        y[(nint)stride] = Vector128.Sum(result1) + minimums1;
        y[2 * (nint)stride] = Vector128.Sum(result2) + minimums2;
        y[3 * (nint)stride] = Vector128.Sum(result3) + minimums3;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> AddGroup(
        Vector128<float> sum, Vector128<sbyte> values0, Vector128<sbyte> values1, int lower, int upper, sbyte* quants, float d, float scale)
    {
        Vector128<int> dots = (DotFours(values0, quants) * lower) + (DotFours(values1, quants + 16) * upper);
        return sum + (Vector128.ConvertToSingle(dots) * d * scale);
    }

    /// <summary>Four sums of four products each. Two products of bytes fit 16 bits: 2 * 127 * 127.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> DotFours(Vector128<sbyte> values, sbyte* quants)
    {
        Vector128<sbyte> x = Vector128.Load(quants);
        if (Dp.IsSupported)
        {
            return Dp.DotProduct(Vector128<int>.Zero, values, x);
        }

        Vector128<short> products = (Vector128.WidenLower(values) * Vector128.WidenLower(x)) + (Vector128.WidenUpper(values) * Vector128.WidenUpper(x));
        return Vector128.WidenLower(products) + Vector128.WidenUpper(products);
    }
}
