using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tessera.Kernels.Quantization;

/// <summary>
/// Rounds as the reference does, ties to even: adding 1.5 * 2^23 leaves the integer in the significand. That holds up to 2^22; beyond it, and for NaN,
/// the significand is still taken for the integer, so that blocks of any values have the reference's bytes.
/// </summary>
public static class NearestInteger
{
    private const float Shift = 12582912f; // 1.5 * 2^23
    private const int Significand = 0x007FFFFF;
    private const int ShiftedZero = 0x00400000;
    private const int ShiftExponent = 0x4B000000;

    /// <summary>The nearest integer.</summary>
    public static int Of(float value) => (BitConverter.SingleToInt32Bits(value + Shift) & Significand) - ShiftedZero;

    /// <summary>The nearest integers, as floats. None is NaN or -0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Of(Vector256<float> values)
    {
        Vector256<int> bits = (values + Vector256.Create(Shift)).AsInt32();
        return ((bits & Vector256.Create(Significand)) | Vector256.Create(ShiftExponent)).AsSingle() - Vector256.Create(Shift);
    }

    /// <summary>The nearest integers within a range, as floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Clamped(Vector256<float> values, Vector256<float> lowest, Vector256<float> highest) =>
        Vector256.MaxNative(lowest, Vector256.MinNative(highest, Of(values)));
}
