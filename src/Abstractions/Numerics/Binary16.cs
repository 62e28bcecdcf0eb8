using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tessera.Numerics;

/// <summary>IEEE 754 binary16 as it stands in files. The conversion that <see cref="Half"/> offers is a call; this one is inlined into kernels.</summary>
/// <remarks>
/// Exponent and significand move up by 13 bits, and the exponent grows by 224 = 2 * (127 - 15): once for the other bias, once more so that all ones
/// (infinity, NaN) stay all ones. That reads as the value times 2^112, which is taken off again. Only an exponent of zero has no implicit one:
/// <c>2^-14 f</c> reads as <c>u = 2^-15 (1 + f)</c> and is <c>2u - 2^-14</c>, which from 2^-14 on is not less than u: the lesser of the two is the value.
/// All steps are exact, and none sees a binary32 subnormal, which some processors take over a hundred cycles for.
/// </remarks>
public static class Binary16
{
    private const int MagnitudeBits = 0x7FFF;
    private const int Rebias = 224 << 23;
    private const float Unscale = 1.9259299e-34f;        // 2^-112
    private const float SmallestNormal = 6.1035156e-05f; // 2^-14

    /// <summary>The value of a half, exactly. A NaN keeps its payload and becomes quiet.</summary>
    /// <param name="bits">Sign, 5 bits of exponent, 10 bits of significand.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToSingle(ushort bits)
    {
        float scaled = BitConverter.Int32BitsToSingle(((bits & MagnitudeBits) << 13) + Rebias);
        float magnitude = float.MinNative((scaled * (2 * Unscale)) - SmallestNormal, scaled * Unscale);
        return BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(magnitude) | ((bits & 0x8000u) << 16));
    }

    /// <summary>The values of four halves, exactly.</summary>
    /// <param name="bits">The halves, each sign-extended to 32 bits.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> ToSingle(Vector128<int> bits)
    {
        Vector128<float> scaled = (((bits & Vector128.Create(MagnitudeBits)) << 13) + Vector128.Create(Rebias)).AsSingle();
        Vector128<float> doubled = Vector128.MultiplyAddEstimate(scaled, Vector128.Create(2 * Unscale), Vector128.Create(-SmallestNormal));
        return Vector128.MinNative(doubled, scaled * Vector128.Create(Unscale)) | (bits.AsSingle() & Vector128.Create(-0f));
    }

    /// <summary>The values of eight halves, exactly.</summary>
    /// <param name="bits">The halves, each sign-extended to 32 bits.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> ToSingle(Vector256<int> bits)
    {
        Vector256<float> scaled = (((bits & Vector256.Create(MagnitudeBits)) << 13) + Vector256.Create(Rebias)).AsSingle();
        Vector256<float> doubled = Vector256.MultiplyAddEstimate(scaled, Vector256.Create(2 * Unscale), Vector256.Create(-SmallestNormal));
        return Vector256.MinNative(doubled, scaled * Vector256.Create(Unscale)) | (bits.AsSingle() & Vector256.Create(-0f));
    }

    /// <summary>The values of sixteen halves, exactly.</summary>
    /// <param name="bits">The halves, each sign-extended to 32 bits.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> ToSingle(Vector512<int> bits)
    {
        Vector512<float> scaled = (((bits & Vector512.Create(MagnitudeBits)) << 13) + Vector512.Create(Rebias)).AsSingle();
        Vector512<float> doubled = Vector512.MultiplyAddEstimate(scaled, Vector512.Create(2 * Unscale), Vector512.Create(-SmallestNormal));
        return Vector512.MinNative(doubled, scaled * Vector512.Create(Unscale)) | (bits.AsSingle() & Vector512.Create(-0f));
    }
}
