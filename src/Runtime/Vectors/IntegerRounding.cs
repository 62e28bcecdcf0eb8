using System.Runtime.Intrinsics;

namespace Tessera.Runtime.Vectors;

/// <summary>Vectors as 16-bit integers times a scale, such that 32 bits hold the sums of their products.</summary>
internal static unsafe class IntegerRounding
{
    /// <summary>The largest magnitude of a value's integers. With weights whose sum over 32 positions is below 2^17, sums stay below 2^31.</summary>
    private const float LargestValue = 16383;

    private const float Largest = 32767;

    /// <summary>
    /// The largest norm of a query's or key's integers: by Cauchy-Schwarz no score exceeds 46,000^2 = 0.985 x 2^31. What is missing is room for rounding,
    /// which adds half the square root of the length to a norm.
    /// </summary>
    private const float LargestNorm = 46000;

    // 1.5 x 2^23: a number of less than 2^22 added to it is rounded to a whole one, which stands in the sum's lowest bits.
    private const float Rounder = 12582912;

    public static float ScaleOfKey(float* key, int length)
    {
        float largest = LargestMagnitude(key, length, out float squares);
        return MathF.Max(largest / Largest, MathF.Sqrt(squares) / LargestNorm);
    }

    public static float ScaleOfValue(float* value, int length) => LargestMagnitude(value, length, out _) / LargestValue;

    /// <summary>What is multiplied with before it is rounded.</summary>
    public static float Inverse(float scale) => scale == 0 ? 0 : 1 / scale;

    /// <summary>Rounds up to 16 values and fills up with zeros.</summary>
    public static void Round(float* x, int count, float inverse, short* integers)
    {
        if (count == Vector512<float>.Count)
        {
            Round(Vector256.Load(x), inverse).Store(integers);
            Round(Vector256.Load(x + Vector256<float>.Count), inverse).Store(integers + Vector256<float>.Count);
            return;
        }

        for (int i = 0; i < Vector512<float>.Count; i++)
        {
            integers[i] = i < count ? (short)BitConverter.SingleToInt32Bits((x[i] * inverse) + Rounder) : (short)0;
        }
    }

    private static Vector128<short> Round(Vector256<float> x, float inverse)
    {
        Vector256<int> integers = ((x * inverse) + Vector256.Create(Rounder)).AsInt32();
        return Vector128.Narrow(integers.GetLower(), integers.GetUpper());
    }

    /// <returns>Not a number if one of the values is none.</returns>
    private static float LargestMagnitude(float* x, int length, out float squares)
    {
        Vector256<float> maxima = Vector256<float>.Zero;
        Vector256<float> sums = Vector256<float>.Zero;
        int i = 0;
        for (; i <= length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            Vector256<float> values = Vector256.Load(x + i);
            maxima = Vector256.MaxNative(maxima, Vector256.Abs(values));
            sums += values * values;
        }

        squares = Vector256.Sum(sums);
        Vector128<float> largest = Vector128.MaxNative(maxima.GetLower(), maxima.GetUpper());
        largest = Vector128.MaxNative(largest, Vector128.Shuffle(largest, Vector128.Create(2, 3, 0, 1)));
        float result = MathF.Max(largest[0], largest[1]);
        for (; i < length; i++)
        {
            result = MathF.Max(result, MathF.Abs(x[i]));
            squares += x[i] * x[i];
        }

        return float.IsNaN(squares) ? squares : result;
    }
}
