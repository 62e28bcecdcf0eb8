using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tessera.Kernels;
using Tessera.Numerics;

namespace Tessera.Quant.Float;

/// <summary>
/// Products of panels of binary16 with AVX2, for which widening a vector takes as long as multiplying it with four tokens. For more of them, a piece of
/// the panel is widened once into the first-level cache and serves all as a panel of binary32, with the same bits as <see cref="FloatPanelKernel"/>.
/// </summary>
internal static unsafe class F16WidenedKernel
{
    private const int TokenTile = 16;

    /// <summary>Tokens that are multiplied together.</summary>
    private const int TokensAtOnce = 4;

    /// <summary>Columns that are widened together: 16 KiB.</summary>
    private const int PieceColumns = 256;

    private const int Alignment = 64;

    /// <summary>The kernel for AVX2.</summary>
    public static PackedKernel Kernel => FloatPanelKernel.For<F16Element>(SimdLevel.Avx2) with { TokenTile = TokenTile, Multiply = &Multiply };

    [SkipLocalsInit]
    private static void Multiply(byte* panel, int columns, in ActivationBatch x, int token, int count, float* y, int stride)
    {
        float* values = x.ValuesOf(token);
        FloatPanelKernel.ClearAvx2(count, y, stride);
        if (count <= TokensAtOnce)
        {
            FloatPanelKernel.AddAvx2<F16Element>(panel, columns, values, x.ValueStride, count, y, stride);
            return;
        }

        byte* room = stackalloc byte[(PieceColumns * FloatPanel.Rows * sizeof(float)) + Alignment];
        byte* widened = (byte*)(((nint)room + Alignment - 1) & -Alignment);
        for (int first = 0; first < columns; first += PieceColumns)
        {
            int piece = Math.Min(PieceColumns, columns - first);
            Widen(panel + ((nint)first * FloatPanel.Rows * F16Element.Bytes), piece * FloatPanel.Rows, (float*)widened);
            for (int t = 0; t < count; t += TokensAtOnce)
            {
                float* activations = values + ((nint)t * x.ValueStride) + first;
                FloatPanelKernel.AddAvx2<F32Element>(
                    widened, piece, activations, x.ValueStride, Math.Min(TokensAtOnce, count - t), y + ((nint)t * stride), stride);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Widen(byte* halves, int count, float* values)
    {
        for (nint i = 0; i < count; i += Vector256<float>.Count)
        {
            byte* source = halves + (i * F16Element.Bytes);
            Sse.Prefetch1(source + FloatPanelKernel.PrefetchDistance);
            F16Element.Widen256(source).Store(values + i);
        }
    }
}
