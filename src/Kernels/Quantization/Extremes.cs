using System.Numerics;
using System.Runtime.Intrinsics;

namespace Tessera.Kernels.Quantization;

/// <summary>The extreme values of a block of 32, of equal ones the first, so that the sign of a zero is the reference's too.</summary>
internal static unsafe class Extremes
{
    private const int Elements = 32;

    /// <summary>The value that is farthest from zero; 0 where all are zeros.</summary>
    public static float Farthest(float* x)
    {
        Vector256<float> magnitudes = Vector256.Abs(Vector256.Load(x));
        for (int i = Vector256<float>.Count; i < Elements; i += Vector256<float>.Count)
        {
            magnitudes = Vector256.MaxNative(magnitudes, Vector256.Abs(Vector256.Load(x + i)));
        }

        float greatest = Greatest(magnitudes);
        if (greatest == 0)
        {
            return 0;
        }

        return FirstEqual(x, greatest, Vector256.Create(int.MaxValue).AsSingle());
    }

    /// <summary>The least and the greatest value.</summary>
    public static (float Least, float Greatest) Range(float* x)
    {
        Vector256<float> least = Vector256.Load(x), greatest = least;
        for (int i = Vector256<float>.Count; i < Elements; i += Vector256<float>.Count)
        {
            least = Vector256.MinNative(least, Vector256.Load(x + i));
            greatest = Vector256.MaxNative(greatest, Vector256.Load(x + i));
        }

        Vector256<float> allBits = Vector256<int>.AllBitsSet.AsSingle();
        return (FirstEqual(x, -Greatest(-least), allBits), FirstEqual(x, Greatest(greatest), allBits));
    }

    private static float Greatest(Vector256<float> values)
    {
        Vector128<float> four = Vector128.MaxNative(values.GetLower(), values.GetUpper());
        return MathF.Max(MathF.Max(four[0], four[1]), MathF.Max(four[2], four[3]));
    }

    /// <summary>The first value that is equal to another, in the bits of a mask.</summary>
    private static float FirstEqual(float* x, float value, Vector256<float> mask)
    {
        for (int i = 0; i < Elements; i += Vector256<float>.Count)
        {
            uint equal = Vector256.Equals(Vector256.Load(x + i) & mask, Vector256.Create(value)).ExtractMostSignificantBits();
            if (equal != 0)
            {
                return x[i + BitOperations.TrailingZeroCount(equal)];
            }
        }

        return value; // NaN equals nothing
    }
}
