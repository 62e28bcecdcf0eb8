using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tessera.Kernels;
using Tessera.Numerics;

namespace Tessera.Quant.Q8_0;

/// <summary>
/// 256 bits: products of whole bytes do not fit 16 bits, so weights and activations are widened to 16 bits, once for up to 32 tokens and 16 rows, and
/// <c>vpmaddwd</c> adds their products in pairs to 32 bits. Eight registers are the sums of 16 rows and four tokens; a block's, at most
/// 32 * 128 * 127, are exact in floating point too.
/// </summary>
internal static unsafe partial class Q8_0PanelKernel
{
    private const int HalfRows = Q8_0Panel.Rows / 2;
    private const int StepBytes = Q8_0Panel.Rows * sizeof(uint);
    private const int WordsPerVector = 16;

    public static void MultiplyAvx2(byte* panel, int blocks, in ActivationBatch x, int token, int count, float* y, int stride)
    {
        if (count == 1)
        {
            MultiplyOneAvx2(panel, blocks, x.QuantsOf(token), x.ScalesOf(token), y);
        }
        else
        {
            MultiplySomeAvx2(panel, blocks, x.QuantsOf(token), x.ScalesOf(token), x.QuantStride, count, y, stride);
        }
    }

    /// <summary>One token: there is nobody to share widened weights with, they go from the panel into products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyOneAvx2(byte* panel, int blocks, sbyte* x, float* scales, float* y)
    {
        byte* halves = Q8_0Panel.Scales(panel, blocks);
        Vector256<float> lower = Vector256<float>.Zero, upper = lower;
        for (int i = 0; i < blocks; i++, x += Q8_0Block.Elements, halves += Q8_0Panel.ScaleBytes)
        {
            WeightPrefetch.Ahead(panel, Q8_0Panel.QuantBytes);
            Vector256<int> a = Vector256<int>.Zero, b = a;
            for (int step = 0; step < Q8_0Block.Elements / 4; step++, panel += StepBytes)
            {
                Vector256<sbyte> columns = Vector256.Create(*((int*)x + step)).AsSByte();
                a += StepProducts(Signed(panel), columns);
                b += StepProducts(Signed(panel + (StepBytes / 2)), columns);
            }

            Vector256<float> scale = Vector256.Create(scales[i]);
            lower = Fma.MultiplyAdd(Vector256.ConvertToSingle(a) * LoadHalves(halves, 0), scale, lower);
            upper = Fma.MultiplyAdd(Vector256.ConvertToSingle(b) * LoadHalves(halves, HalfRows), scale, upper);
        }

        lower.Store(y);
        upper.Store(y + HalfRows);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplySomeAvx2(byte* panel, int blocks, sbyte* x, float* scales, nint quantStride, int count, float* y, nint stride)
    {
        byte* memory = stackalloc byte[sizeof(UnpackedBlocks) + UnpackedBlocks.Alignment];
        var unpacked = (UnpackedBlocks*)((nint)(memory + UnpackedBlocks.Alignment - 1) & -UnpackedBlocks.Alignment);
        byte* halves = Q8_0Panel.Scales(panel, blocks);
        nint scaleStride = quantStride / Q8_0Block.Elements;
        for (int t = 0; t < count; t++)
        {
            Vector256<float>.Zero.Store(y + (t * stride));
            Vector256<float>.Zero.Store(y + (t * stride) + HalfRows);
        }

        for (int first = 0; first < blocks; first += UnpackedBlocks.Blocks)
        {
            int some = Math.Min(UnpackedBlocks.Blocks, blocks - first);
            UnpackWeights(panel + ((nint)first * Q8_0Panel.QuantBytes), halves + ((nint)first * Q8_0Panel.ScaleBytes), some, unpacked);
            for (int t = 0; t < count; t++)
            {
                sbyte* columns = x + (t * quantStride) + ((nint)first * Q8_0Block.Elements);
                for (int i = 0; i < some; i++)
                {
                    Widen(Vector256.Load(columns + (i * Q8_0Block.Elements)),
                        unpacked->Columns + (t * UnpackedBlocks.TokenWords) + (i * UnpackedBlocks.TokenBlockWords), WordsPerVector);
                }
            }

            for (int t = 0; t < count; t += 4)
            {
                float* scale = scales + (t * scaleStride) + first, result = y + (t * stride);
                switch (count - t)
                {
                    case 1: AddBlocks<TokenCount.One>(unpacked, t, some, scale, scaleStride, result, stride); break;
                    case 2: AddBlocks<TokenCount.Two>(unpacked, t, some, scale, scaleStride, result, stride); break;
                    case 3: AddBlocks<TokenCount.Three>(unpacked, t, some, scale, scaleStride, result, stride); break;
                    default: AddBlocks<TokenCount.Four>(unpacked, t, some, scale, scaleStride, result, stride); break;
                }
            }
        }
    }

    /// <summary>Adds blocks of one to four tokens. Registers named a are of rows 0 to 7, those named b of rows 8 to 15; the number is the token.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddBlocks<TCount>(UnpackedBlocks* unpacked, int token, int blocks, float* scales, nint scaleStride, float* y, nint stride)
        where TCount : struct, ITokenCount
    {
        short* weights = unpacked->Weights, x = unpacked->Columns + (token * UnpackedBlocks.TokenWords);
        float* d = unpacked->Scales;
        for (int i = 0; i < blocks; i++, x += UnpackedBlocks.TokenBlockWords, d += Q8_0Panel.Rows, scales++)
        {
            Vector256<int> a0 = Vector256<int>.Zero, a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
            for (int step = 0; step < Q8_0Block.Elements / 4; step++, weights += 4 * WordsPerVector)
            {
                AddColumns(weights, x + (2 * step));
                AddColumns(weights + (2 * WordsPerVector), x + (2 * step) + WordsPerVector);
            }

            AddScaled(a0, b0, d, scales, y);
            if (TCount.Value > 1) AddScaled(a1, b1, d, scales + scaleStride, y + stride);
            if (TCount.Value > 2) AddScaled(a2, b2, d, scales + (2 * scaleStride), y + (2 * stride));
            if (TCount.Value > 3) AddScaled(a3, b3, d, scales + (3 * scaleStride), y + (3 * stride));

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            void AddColumns(short* rows, short* columns)
            {
                Vector256<short> lower = Vector256.Load(rows), upper = Vector256.Load(rows + WordsPerVector);
                Vector256<short> k = Broadcast(columns);
                a0 += Avx2.MultiplyAddAdjacent(lower, k);
                b0 += Avx2.MultiplyAddAdjacent(upper, k);
                if (TCount.Value > 1)
                {
                    k = Broadcast(columns + UnpackedBlocks.TokenWords);
                    a1 += Avx2.MultiplyAddAdjacent(lower, k);
                    b1 += Avx2.MultiplyAddAdjacent(upper, k);
                }

                if (TCount.Value > 2)
                {
                    k = Broadcast(columns + (2 * UnpackedBlocks.TokenWords));
                    a2 += Avx2.MultiplyAddAdjacent(lower, k);
                    b2 += Avx2.MultiplyAddAdjacent(upper, k);
                }

                if (TCount.Value > 3)
                {
                    k = Broadcast(columns + (3 * UnpackedBlocks.TokenWords));
                    a3 += Avx2.MultiplyAddAdjacent(lower, k);
                    b3 += Avx2.MultiplyAddAdjacent(upper, k);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddScaled(Vector256<int> a, Vector256<int> b, float* d, float* scale, float* y)
    {
        Vector256<float> activationScale = Vector256.Create(*scale);
        Fma.MultiplyAdd(Vector256.ConvertToSingle(a) * Vector256.Load(d), activationScale, Vector256.Load(y)).Store(y);
        Fma.MultiplyAdd(Vector256.ConvertToSingle(b) * Vector256.Load(d + HalfRows), activationScale, Vector256.Load(y + HalfRows)).Store(y + HalfRows);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void UnpackWeights(byte* panel, byte* halves, int blocks, UnpackedBlocks* unpacked)
    {
        short* weights = unpacked->Weights;
        for (int step = 0; step < blocks * Q8_0Block.Elements / 4; step++, panel += StepBytes, weights += 4 * WordsPerVector)
        {
            WeightPrefetch.Ahead(panel, WeightPrefetch.Line);
            Widen(Signed(panel), weights, 2 * WordsPerVector);
            Widen(Signed(panel + (StepBytes / 2)), weights + WordsPerVector, 2 * WordsPerVector);
        }

        for (int i = 0; i < blocks; i++, halves += Q8_0Panel.ScaleBytes)
        {
            LoadHalves(halves, 0).Store(unpacked->Scales + (i * Q8_0Panel.Rows));
            LoadHalves(halves, HalfRows).Store(unpacked->Scales + (i * Q8_0Panel.Rows) + HalfRows);
        }
    }

    /// <summary>Products of four columns: the weights' magnitudes, up to 128, times the activations with the weights' signs, as in a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> StepProducts(Vector256<sbyte> weights, Vector256<sbyte> columns) =>
        Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(Avx2.Abs(weights), Avx2.Sign(columns, weights)), Vector256<short>.One);

    /// <summary>Stores even bytes as 16 words, and odd ones as 16 words some way further on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Widen(Vector256<sbyte> bytes, short* words, int toOdd)
    {
        ((bytes.AsInt16() << 8) >> 8).Store(words);
        (bytes.AsInt16() >> 8).Store(words + toOdd);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<sbyte> Signed(byte* weights) => (Vector256.Load(weights) ^ Vector256.Create((byte)Q8_0Panel.Offset)).AsSByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Broadcast(short* columns) => Vector256.Create(*(int*)columns).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> LoadHalves(byte* halves, int first) => Binary16.ToSingle(Avx2.ConvertToVector256Int32((short*)halves + first));
}
