using System.Runtime.CompilerServices;

namespace Tessera.Numerics;

/// <summary>IEEE 754 binary16 as it stands in files. The conversion that <see cref="Half"/> offers is a call; this one is inlined into kernels.</summary>
public static class Binary16
{
    private const uint ExponentMask = 0x1Fu << 23;         // where the five exponent bits come to lie in a binary32
    private const uint ExponentOne = 1u << 23;
    private const uint Rebias = (127u - 15u) << 23;
    private const uint SmallestNormal = (127u - 14u) << 23; // the bits of 2^-14

    /// <summary>The value of a half, exactly. A NaN keeps its payload and becomes quiet.</summary>
    /// <param name="bits">Sign, 5 bits of exponent, 10 bits of significand.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToSingle(ushort bits)
    {
        uint magnitude = (bits & 0x7FFFu) << 13;
        uint exponent = magnitude & ExponentMask;
        uint isSubnormal = (exponent - 1) >> 31;
        uint isSpecial = (exponent + ExponentOne) >> 28;

        // An exponent of all ones stays one of all ones. A subnormal gets the implicit one of 2^-14, which is then taken off again:
        // multiplying by 2^112 would do too, but a subnormal operand costs some processors over a hundred cycles.
        uint rebias = Rebias + (isSubnormal << 23) + ((0 - isSpecial) & Rebias);
        float implicitOne = BitConverter.UInt32BitsToSingle((0 - isSubnormal) & SmallestNormal);
        float value = BitConverter.UInt32BitsToSingle(magnitude + rebias) - implicitOne;
        return BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) | ((bits & 0x8000u) << 16));
    }
}
