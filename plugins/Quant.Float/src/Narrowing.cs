using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tessera.Quant.Float;

/// <summary>Rounds rows to floating-point numbers of 16 bits, ties to even.</summary>
internal static unsafe class Narrowing
{
    /// <exception cref="ArgumentException">The lengths do not agree.</exception>
    public static void All<TElement>(ReadOnlySpan<float> row, ReadOnlySpan<float> importance, Span<byte> blocks)
        where TElement : struct, INarrowElement
    {
        CheckLengths(row, importance, blocks, sizeof(ushort));
        Span<ushort> target = MemoryMarshal.Cast<byte, ushort>(blocks);
        fixed (float* source = row)
        {
            int i = 0;
            for (; i <= row.Length - Vector256<ushort>.Count; i += Vector256<ushort>.Count)
            {
                Vector256<uint> first = TElement.Narrow(Vector256.Load((uint*)source + i));
                Vector256<uint> second = TElement.Narrow(Vector256.Load((uint*)source + i + Vector256<uint>.Count));
                Vector256.Narrow(first, second).CopyTo(target[i..]);
            }

            for (; i < row.Length; i++)
            {
                target[i] = (ushort)TElement.Narrow(Vector256.CreateScalar(((uint*)source)[i]))[0];
            }
        }
    }

    /// <exception cref="ArgumentException">The lengths do not agree.</exception>
    public static void CheckLengths(ReadOnlySpan<float> row, ReadOnlySpan<float> importance, Span<byte> blocks, int bytes)
    {
        if (blocks.Length != (long)row.Length * bytes)
        {
            throw new ArgumentException($"{row.Length} values of {bytes} bytes do not take {blocks.Length}", nameof(blocks));
        }

        if (!importance.IsEmpty && importance.Length != row.Length)
        {
            throw new ArgumentException($"the importance of {importance.Length} columns is not that of a row of {row.Length}", nameof(importance));
        }
    }
}
