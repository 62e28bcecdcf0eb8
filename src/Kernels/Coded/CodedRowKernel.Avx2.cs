using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tessera.Numerics;

namespace Tessera.Kernels.Coded;

/// <remarks>
/// 256 bits: a group is one vector of signed bytes. Their magnitudes are multiplied by activations with the weights' signs and added in pairs to
/// 16 bits (at most 2 * 127 * 127); pairs of those times the integer scales are exact in 32 bits.
/// </remarks>
internal static unsafe partial class CodedRowKernel<TBlock>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float DotAvx2(byte* row, int blocks, in ActivationBatch x, int token)
    {
        sbyte* quants = x.QuantsOf(token);
        float* scales = x.ScalesOf(token);
        short* sums = x.SumsOf(token);
        Vector256<float> result = Vector256<float>.Zero;
        float minimums = 0;
        for (int i = 0; i < blocks; i++, row += TBlock.Bytes)
        {
            float d = CodedBlock<TBlock>.ReadScale(row);
            for (int group = 0; group < CodedBlock<TBlock>.Groups; group++, quants += 32, scales++, sums += 2)
            {
                UnpackAvx2(row, group, out Vector256<sbyte> values, out Vector256<short> weightScales);
                result = AddGroup(result, values, weightScales, quants, d, *scales);
                minimums = AddMinimums(minimums, row, group, sums, *scales);
            }
        }

        return Vector256.Sum(result) + minimums;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DotFourAvx2(byte* row, int blocks, in ActivationBatch x, int token, float* y, int stride)
    {
        nint quantStride = x.QuantStride, scaleStride = quantStride / 32, sumStride = quantStride / 16;
        sbyte* quants = x.QuantsOf(token);
        float* scales = x.ScalesOf(token);
        short* sums = x.SumsOf(token);
        Vector256<float> result0 = Vector256<float>.Zero, result1 = result0, result2 = result0, result3 = result0;
        float minimums0 = 0, minimums1 = 0, minimums2 = 0, minimums3 = 0;
        for (int i = 0; i < blocks; i++, row += TBlock.Bytes)
        {
            float d = CodedBlock<TBlock>.ReadScale(row);
            for (int group = 0; group < CodedBlock<TBlock>.Groups; group++, quants += 32, scales++, sums += 2)
            {
                UnpackAvx2(row, group, out Vector256<sbyte> values, out Vector256<short> weightScales);
                result0 = AddGroup(result0, values, weightScales, quants, d, scales[0]);
                result1 = AddGroup(result1, values, weightScales, quants + quantStride, d, scales[scaleStride]);
                result2 = AddGroup(result2, values, weightScales, quants + (2 * quantStride), d, scales[2 * scaleStride]);
                result3 = AddGroup(result3, values, weightScales, quants + (3 * quantStride), d, scales[3 * scaleStride]);
                minimums0 = AddMinimums(minimums0, row, group, sums, scales[0]);
                minimums1 = AddMinimums(minimums1, row, group, sums + sumStride, scales[scaleStride]);
                minimums2 = AddMinimums(minimums2, row, group, sums + (2 * sumStride), scales[2 * scaleStride]);
                minimums3 = AddMinimums(minimums3, row, group, sums + (3 * sumStride), scales[3 * scaleStride]);
            }
        }

        y[0] = Vector256.Sum(result0) + minimums0;
        y[(nint)stride] = Vector256.Sum(result1) + minimums1;
        y[2 * (nint)stride] = Vector256.Sum(result2) + minimums2;
        y[3 * (nint)stride] = Vector256.Sum(result3) + minimums3;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void UnpackAvx2(byte* block, int group, out Vector256<sbyte> values, out Vector256<short> weightScales)
    {
        values = Vector256.Create(CodedBlock<TBlock>.ReadValues(block, 2 * group), CodedBlock<TBlock>.ReadValues(block, (2 * group) + 1));
        ReadSubScales(block, group, out int lower, out int upper);
        weightScales = Vector256.Create(Vector128.Create((short)lower), Vector128.Create((short)upper));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> AddGroup(Vector256<float> sum, Vector256<sbyte> values, Vector256<short> weightScales, sbyte* quants, float d, float scale)
    {
        Vector256<short> pairs = Avx2.MultiplyAddAdjacent(Avx2.Abs(values), Avx2.Sign(Vector256.Load(quants), values));
        Vector256<float> dots = Avx.ConvertToVector256Single(Avx2.MultiplyAddAdjacent(pairs, weightScales));
        return Fma.MultiplyAdd(dots * d, Vector256.Create(scale), sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float AddMinimums(float sum, byte* block, int group, short* sums, float scale) =>
        CodedBlock<TBlock>.HasBlockMinimum || CodedBlock<TBlock>.HasSubMinimums
            ? sum + Minimums(block, group, CodedBlock<TBlock>.ReadMinimum(block), sums, scale)
            : sum;
}
