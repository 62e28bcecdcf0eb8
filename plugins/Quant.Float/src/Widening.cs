using System.Runtime.Intrinsics;

namespace Tessera.Quant.Float;

/// <summary>Widens whole rows.</summary>
internal static unsafe class Widening
{
    /// <exception cref="ArgumentException">The lengths do not agree.</exception>
    public static void All<TElement>(ReadOnlySpan<byte> blocks, Span<float> values)
        where TElement : struct, IElement
    {
        if (blocks.Length != (long)values.Length * TElement.Bytes)
        {
            throw new ArgumentException($"{blocks.Length} bytes are not {values.Length} values of {TElement.Bytes} bytes", nameof(values));
        }

        fixed (byte* source = blocks)
        fixed (float* target = values)
        {
            int i = 0;
            for (; i <= values.Length - Vector128<float>.Count; i += Vector128<float>.Count)
            {
                TElement.Widen128(source + ((long)i * TElement.Bytes)).Store(target + i);
            }

            for (; i < values.Length; i++)
            {
                target[i] = TElement.Widen(source + ((long)i * TElement.Bytes));
            }
        }
    }
}
