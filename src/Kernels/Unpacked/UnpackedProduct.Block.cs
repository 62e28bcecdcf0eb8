using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tessera.Kernels.Unpacked;

/// <remarks>A block times one to four tokens. Registers named a are of rows 0 to 7, those named b of rows 8 to 15; the number is the token.</remarks>
internal static unsafe partial class UnpackedProduct<TPanel>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddBlock<TCount>(
        UnpackedBlock* block, sbyte* quants, nint quantStride, int* offsets, float* scales, float* sums, nint scaleStride, float* y, nint stride)
        where TCount : struct, ITokenCount
    {
        if (TPanel.HasMinimums)
        {
            SubtractMinimums<TCount>(block, sums, scaleStride, y, stride);
        }

        float* values = block->Values;
        for (int t = 0; t < TCount.Value; t++)
        {
            Vector256<float>.Zero.Store(values + (t * UnpackedBlock.Rows));
            Vector256<float>.Zero.Store(values + (t * UnpackedBlock.Rows) + UnpackedBlock.HalfRows);
        }

        byte* weights = block->Weights;
        sbyte* x0 = quants, x1 = x0 + quantStride, x2 = x1 + quantStride, x3 = x2 + quantStride;
        short* factors = block->Factors;
        for (int sum = 0; sum < UnpackedBlock.Steps / TPanel.StepsPerSum; sum++, offsets++)
        {
            Vector256<short> a0 = Start(offsets), a1 = a0, a2 = a0, a3 = a0;
            if (TCount.Value > 1) a1 = Start(offsets + UnpackedBlock.MaxSums);
            if (TCount.Value > 2) a2 = Start(offsets + (2 * UnpackedBlock.MaxSums));
            if (TCount.Value > 3) a3 = Start(offsets + (3 * UnpackedBlock.MaxSums));
            Vector256<short> b0 = a0, b1 = a1, b2 = a2, b3 = a3;
            AddStep(0);
            AddStep(1);
            AddStep(2);
            AddStep(3);
            if (TPanel.StepsPerSum == 8)
            {
                AddStep(4);
                AddStep(5);
                AddStep(6);
                AddStep(7);
            }

            AddScaled(a0, b0, factors, scales, values);
            if (TCount.Value > 1) AddScaled(a1, b1, factors, scales + scaleStride, values + UnpackedBlock.Rows);
            if (TCount.Value > 2) AddScaled(a2, b2, factors, scales + (2 * scaleStride), values + (2 * UnpackedBlock.Rows));
            if (TCount.Value > 3) AddScaled(a3, b3, factors, scales + (3 * scaleStride), values + (3 * UnpackedBlock.Rows));
            factors += 2 * UnpackedBlock.Rows;
            weights += TPanel.StepsPerSum * UnpackedBlock.StepBytes;
            x0 += TPanel.StepsPerSum * 4;
            x1 += TPanel.StepsPerSum * 4;
            x2 += TPanel.StepsPerSum * 4;
            x3 += TPanel.StepsPerSum * 4;
            scales += TPanel.StepsPerSum == 8 ? 1 : sum % 2;

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            void AddStep(int step)
            {
                Vector256<byte> lower = Vector256.Load(weights + (step * UnpackedBlock.StepBytes));
                Vector256<byte> upper = Vector256.Load(weights + (step * UnpackedBlock.StepBytes) + (UnpackedBlock.StepBytes / 2));
                Vector256<sbyte> columns = Broadcast(x0 + (4 * step));
                a0 = AddProducts(a0, lower, columns, step);
                b0 = AddProducts(b0, upper, columns, step);
                if (TCount.Value > 1)
                {
                    columns = Broadcast(x1 + (4 * step));
                    a1 = AddProducts(a1, lower, columns, step);
                    b1 = AddProducts(b1, upper, columns, step);
                }

                if (TCount.Value > 2)
                {
                    columns = Broadcast(x2 + (4 * step));
                    a2 = AddProducts(a2, lower, columns, step);
                    b2 = AddProducts(b2, upper, columns, step);
                }

                if (TCount.Value > 3)
                {
                    columns = Broadcast(x3 + (4 * step));
                    a3 = AddProducts(a3, lower, columns, step);
                    b3 = AddProducts(b3, upper, columns, step);
                }
            }
        }

        AddValues(block->Scales, values, y);
        if (TCount.Value > 1) AddValues(block->Scales, values + UnpackedBlock.Rows, y + stride);
        if (TCount.Value > 2) AddValues(block->Scales, values + (2 * UnpackedBlock.Rows), y + (2 * stride));
        if (TCount.Value > 3) AddValues(block->Scales, values + (3 * UnpackedBlock.Rows), y + (3 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Start(int* offset) => TPanel.Zero == 0 ? Vector256<short>.Zero : Vector256.Create(*offset).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<sbyte> Broadcast(sbyte* columns) => Vector256.Create(*(int*)columns).AsSByte();

    /// <summary>Adds products of four columns to a sum. The first ones are the sum where it starts at 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> AddProducts(Vector256<short> sum, Vector256<byte> weights, Vector256<sbyte> columns, int step) =>
        step == 0 && TPanel.Zero == 0 ? Avx2.MultiplyAddAdjacent(weights, columns) : sum + Avx2.MultiplyAddAdjacent(weights, columns);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddScaled(Vector256<short> a, Vector256<short> b, short* factors, float* scale, float* values)
    {
        Vector256<float> activationScale = Vector256.Create(*scale);
        Vector256<float> lower = Vector256.ConvertToSingle(Avx2.MultiplyAddAdjacent(a, Vector256.Load(factors)));
        Vector256<float> upper = Vector256.ConvertToSingle(Avx2.MultiplyAddAdjacent(b, Vector256.Load(factors + (2 * UnpackedBlock.HalfRows))));
        Fma.MultiplyAdd(lower, activationScale, Vector256.Load(values)).Store(values);
        Fma.MultiplyAdd(upper, activationScale, Vector256.Load(values + UnpackedBlock.HalfRows)).Store(values + UnpackedBlock.HalfRows);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddValues(float* d, float* values, float* y)
    {
        Fma.MultiplyAdd(Vector256.Load(values), Vector256.Load(d), Vector256.Load(y)).Store(y);
        Fma.MultiplyAdd(Vector256.Load(values + UnpackedBlock.HalfRows), Vector256.Load(d + UnpackedBlock.HalfRows), Vector256.Load(y + UnpackedBlock.HalfRows))
            .Store(y + UnpackedBlock.HalfRows);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SubtractMinimums<TCount>(UnpackedBlock* block, float* sums, nint scaleStride, float* y, nint stride)
        where TCount : struct, ITokenCount
    {
        Vector256<float> a0 = Vector256<float>.Zero, a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
        float* minimums = block->Minimums;
        for (int sub = 0; sub < UnpackedBlock.SubBlocks; sub++, minimums += UnpackedBlock.Rows, sums++)
        {
            Vector256<float> lower = Vector256.Load(minimums), upper = Vector256.Load(minimums + UnpackedBlock.HalfRows);
            Vector256<float> sum = Vector256.Create(*sums);
            a0 = Fma.MultiplyAdd(lower, sum, a0);
            b0 = Fma.MultiplyAdd(upper, sum, b0);
            if (TCount.Value > 1)
            {
                sum = Vector256.Create(sums[scaleStride]);
                a1 = Fma.MultiplyAdd(lower, sum, a1);
                b1 = Fma.MultiplyAdd(upper, sum, b1);
            }

            if (TCount.Value > 2)
            {
                sum = Vector256.Create(sums[2 * scaleStride]);
                a2 = Fma.MultiplyAdd(lower, sum, a2);
                b2 = Fma.MultiplyAdd(upper, sum, b2);
            }

            if (TCount.Value > 3)
            {
                sum = Vector256.Create(sums[3 * scaleStride]);
                a3 = Fma.MultiplyAdd(lower, sum, a3);
                b3 = Fma.MultiplyAdd(upper, sum, b3);
            }
        }

        SubtractValues(block->MinimumScales, a0, b0, y);
        if (TCount.Value > 1) SubtractValues(block->MinimumScales, a1, b1, y + stride);
        if (TCount.Value > 2) SubtractValues(block->MinimumScales, a2, b2, y + (2 * stride));
        if (TCount.Value > 3) SubtractValues(block->MinimumScales, a3, b3, y + (3 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SubtractValues(float* dmin, Vector256<float> a, Vector256<float> b, float* y)
    {
        Fma.MultiplyAddNegated(a, Vector256.Load(dmin), Vector256.Load(y)).Store(y);
        Fma.MultiplyAddNegated(b, Vector256.Load(dmin + UnpackedBlock.HalfRows), Vector256.Load(y + UnpackedBlock.HalfRows)).Store(y + UnpackedBlock.HalfRows);
    }
}
