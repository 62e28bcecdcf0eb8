using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tessera.Numerics;

namespace Tessera.Quant.Float;

/// <summary>IEEE 754 binary16. .NET has no vector conversion for it, so its bits are put where binary32 has them.</summary>
/// <remarks>
/// Exponent and significand move up by 13 bits, and the exponent grows by 224 = 2 * (127 - 15): once for the other bias, once more so that all ones
/// (infinity, NaN) stay all ones. What comes out is the value times 2^112, which is taken off again. Only an exponent of zero has no implicit one:
/// <c>2^-14 f</c> reads as <c>u = 2^-15 (1 + f)</c> and is <c>2u - 2^-14</c>, which from 2^-14 on is not less than u, so the lesser of the two is the value.
/// All steps are exact, and none sees a binary32 subnormal, which some processors are slow at.
/// </remarks>
internal readonly unsafe struct F16Element : IElement
{
    private const int MagnitudeBits = 0x7FFF;
    private const int Rebase = 224 << 23;
    private const float Unscale = 1.9259299e-34f;        // 2^-112
    private const float SmallestNormal = 6.1035156e-05f; // 2^-14

    public static int Bytes => sizeof(ushort);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Widen(byte* source) => Binary16.ToSingle(*(ushort*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Widen128(byte* source)
    {
        Vector128<int> bits = Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(long*)source).AsInt16());
        Vector128<float> scaled = (((bits & Vector128.Create(MagnitudeBits)) << 13) + Vector128.Create(Rebase)).AsSingle();
        Vector128<float> doubled = (scaled * Vector128.Create(2 * Unscale)) - Vector128.Create(SmallestNormal);
        Vector128<float> magnitude = Vector128.MinNative(doubled, scaled * Vector128.Create(Unscale));
        return magnitude | (bits.AsSingle() & Vector128.Create(-0f));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Widen256(byte* source)
    {
        Vector256<int> bits = Avx2.ConvertToVector256Int32((short*)source);
        Vector256<float> scaled = (((bits & Vector256.Create(MagnitudeBits)) << 13) + Vector256.Create(Rebase)).AsSingle();
        Vector256<float> doubled = Fma.MultiplySubtract(scaled, Vector256.Create(2 * Unscale), Vector256.Create(SmallestNormal));
        Vector256<float> magnitude = Avx.Min(doubled, scaled * Vector256.Create(Unscale));
        return magnitude | (bits.AsSingle() & Vector256.Create(-0f));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Widen512(byte* source)
    {
        Vector512<int> bits = Avx512F.ConvertToVector512Int32(Vector256.Load((short*)source));
        Vector512<float> scaled = (((bits & Vector512.Create(MagnitudeBits)) << 13) + Vector512.Create(Rebase)).AsSingle();
        Vector512<float> doubled = Avx512F.FusedMultiplySubtract(scaled, Vector512.Create(2 * Unscale), Vector512.Create(SmallestNormal));
        Vector512<float> magnitude = Avx512F.Min(doubled, scaled * Vector512.Create(Unscale));
        return magnitude | (bits.AsSingle() & Vector512.Create(-0f));
    }
}
