using System.Runtime.CompilerServices;
using Tessera.Numerics;

namespace Tessera.Quant.Float;

/// <summary>
/// The dot product of a row with a token's F32 activations. At each level <c>Dot</c> takes one token and <c>DotFour</c> four, which widens the
/// weights once; both do the same operations in the same order for a token, so their results have the same bits.
/// </summary>
internal static unsafe partial class FloatKernel
{
    public static float DotScalar<TElement>(byte* row, int columns, in ActivationBatch x, int token)
        where TElement : struct, IElement
    {
        float* values = x.ValuesOf(token);
        double sum = 0;
        for (int c = 0; c < columns; c++)
        {
            sum += (double)TElement.Widen(row + ((long)c * TElement.Bytes)) * values[c];
        }

        return (float)sum;
    }

    public static void DotFourScalar<TElement>(byte* row, int columns, in ActivationBatch x, int token, float* y, int stride)
        where TElement : struct, IElement
    {
        for (int t = 0; t < 4; t++)
        {
            y[(long)t * stride] = DotScalar<TElement>(row, columns, x, token + t);
        }
    }

    /// <summary>The columns that fill no vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float DotRest<TElement>(byte* row, float* values, int first, int columns)
        where TElement : struct, IElement
    {
        float sum = 0;
        for (int c = first; c < columns; c++)
        {
            sum += TElement.Widen(row + ((long)c * TElement.Bytes)) * values[c];
        }

        return sum;
    }
}
