using System.Runtime.Intrinsics;
using Tessera.Kernels.Quantization;

namespace Tessera.Quant.Q8_0;

/// <summary>Makes blocks: the weight farthest from zero becomes 127 or -127, the others the nearest integers.</summary>
internal static unsafe class Q8_0Quantizer
{
    private const int LargestCode = 127;

    /// <summary>What columns are worth changes nothing here.</summary>
    public static void Quantize(float* row, float* importance, int blocks, byte* output)
    {
        for (int i = 0; i < blocks; i++, row += Q8_0Block.Elements, output += Q8_0Block.Bytes)
        {
            Vector256<float> x0 = Vector256.Load(row), x1 = Vector256.Load(row + 8), x2 = Vector256.Load(row + 16), x3 = Vector256.Load(row + 24);
            float d = Greatest(Vector256.MaxNative(
                Vector256.MaxNative(Vector256.Abs(x0), Vector256.Abs(x1)),
                Vector256.MaxNative(Vector256.Abs(x2), Vector256.Abs(x3)))) / LargestCode;

            // The inverse of the smallest scales is infinite; they are 0 as halves, and so are the codes.
            float inverse = float.IsFinite(1 / d) ? 1 / d : 0;
            *(Half*)output = (Half)d;
            Vector256<short> first = Vector256.Narrow(HalfAway.Round(x0 * inverse), HalfAway.Round(x1 * inverse));
            Vector256<short> second = Vector256.Narrow(HalfAway.Round(x2 * inverse), HalfAway.Round(x3 * inverse));
            Vector256.Narrow(first, second).Store(Q8_0Block.Quants(output));
        }
    }

    private static float Greatest(Vector256<float> values)
    {
        float greatest = 0;
        for (int i = 0; i < Vector256<float>.Count; i++)
        {
            greatest = MathF.Max(greatest, values[i]);
        }

        return greatest;
    }
}
