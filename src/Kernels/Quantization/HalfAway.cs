using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tessera.Kernels.Quantization;

/// <summary>Rounds to the nearest integer, ties away from zero, as C's <c>roundf</c> does.</summary>
public static class HalfAway
{
    /// <summary>The nearest integers of finite values that fit 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Round(Vector256<float> values)
    {
        Vector256<float> whole = Vector256.Truncate(values);
        Vector256<float> isFar = Vector256.GreaterThanOrEqual(Vector256.Abs(values - whole), Vector256.Create(0.5f));
        Vector256<float> one = (values & Vector256.Create(-0f)) | Vector256<float>.One;
        return Vector256.ConvertToInt32Native(whole + (one & isFar));
    }
}
