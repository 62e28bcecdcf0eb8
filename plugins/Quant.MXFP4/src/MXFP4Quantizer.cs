using System.Runtime.Intrinsics;
using Tessera.Kernels.Quantization;

namespace Tessera.Quant.MXFP4;

/// <summary>Makes blocks: the exponent is that of the weight farthest from zero, and the codes are those of the nearest numbers.</summary>
internal static unsafe class MXFP4Quantizer
{
    private const int Elements = 32;
    private const int Bias = 127;

    /// <summary>The exponent of the largest number that four bits hold, 6.</summary>
    private const int LargestExponent = 2;

    private const int SignBit = 8;

    /// <summary>Halfway between the magnitudes of neighbouring codes, all doubled: 0, 1, 2, 3, 4, 6, 8, 12.</summary>
    private static ReadOnlySpan<float> Middles => [0.5f, 1.5f, 2.5f, 3.5f, 5, 7, 10];

    /// <summary>What columns are worth changes nothing here.</summary>
    public static void Quantize(float* row, float* importance, int blocks, byte* output)
    {
        byte* codes = stackalloc byte[Elements];
        for (int i = 0; i < blocks; i++, row += Elements, output += MXFP4Block.Bytes)
        {
            byte exponent = ExponentOf(row);
            float scale = ScaleOf(exponent);
            for (int c = 0; c < Elements; c += 2 * Vector256<float>.Count)
            {
                Codes.Store(Nearest(Vector256.Load(row + c), scale), Nearest(Vector256.Load(row + c + Vector256<float>.Count), scale), codes + c);
            }

            output[MXFP4Block.ScaleOffset] = exponent;
            CodePacking.Nibbles(codes, output + MXFP4Block.CodesOffset);
        }
    }

    /// <summary>
    /// The logarithm is rounded to single precision before its fraction is cut off, so that a number just below a power of two has that power's exponent.
    /// Exponents of numbers below 2^-125 wrap around, where all codes are 0.
    /// </summary>
    private static byte ExponentOf(float* x)
    {
        float greatest = 0;
        for (int i = 0; i < Elements; i++)
        {
            greatest = MathF.Abs(x[i]) > greatest ? MathF.Abs(x[i]) : greatest;
        }

        return greatest == 0 ? (byte)0 : (byte)((int)MathF.Floor((float)Math.Log2(greatest)) - LargestExponent + Bias);
    }

    /// <summary>2^(exponent - 128): half of the block's scale, as values are twice the numbers. The first two are subnormal.</summary>
    private static float ScaleOf(byte exponent) => BitConverter.Int32BitsToSingle(exponent < 2 ? 0x0020_0000 << exponent : (exponent - 1) << 23);

    /// <summary>Of two magnitudes that are equally near, the lesser serves. Zero has no sign.</summary>
    private static Vector256<int> Nearest(Vector256<float> x, float scale)
    {
        Vector256<int> code = Vector256<int>.Zero;
        foreach (float middle in Middles)
        {
            code -= Vector256.GreaterThan(Vector256.Abs(x), Vector256.Create(middle * scale)).AsInt32();
        }

        Vector256<int> isNegative = Vector256.LessThan(x, Vector256<float>.Zero).AsInt32() & Vector256.GreaterThan(code, Vector256<int>.Zero);
        return code | (isNegative & Vector256.Create(SignBit));
    }
}
