using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tessera.Numerics;

namespace Tessera.Quant.Float;

/// <summary>IEEE 754 binary16.</summary>
internal readonly unsafe struct F16Element : INarrowElement
{
    public static int Bytes => sizeof(ushort);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Widen(byte* source) => Binary16.ToSingle(*(ushort*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Widen128(byte* source) =>
        Binary16.ToSingle(Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(long*)source).AsInt16()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Widen256(byte* source) => Binary16.ToSingle(Avx2.ConvertToVector256Int32((short*)source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Widen512(byte* source) =>
        Binary16.ToSingle(Avx512F.ConvertToVector512Int32(Vector256.Load((short*)source)));

    /// <summary>
    /// The exponent's bias goes from 127 to 15, and 13 bits of the significand are rounded away. Below 2^-14 a half has multiples of 2^-24: these are the last
    /// bits of a binary32 from 1/2 on, so that adding 1/2 rounds to them. From halfway between 65504 and 65536 on all is infinity.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Narrow(Vector256<uint> bits)
    {
        Vector256<uint> magnitude = bits & Vector256.Create(0x7FFF_FFFFu);
        Vector256<uint> normal = (magnitude - Vector256.Create(112u << 23) + Vector256.Create(0xFFFu) + ((magnitude >> 13) & Vector256<uint>.One)) >> 13;
        Vector256<uint> subnormal = (magnitude.AsSingle() + Vector256.Create(0.5f)).AsUInt32() - Vector256.Create(0x3F00_0000u);
        Vector256<uint> half = Vector256.ConditionalSelect(Vector256.LessThan(magnitude, Vector256.Create(113u << 23)), subnormal, normal);
        half = Vector256.ConditionalSelect(Vector256.LessThan(magnitude, Vector256.Create(0x477F_F000u)), half, Vector256.Create(0x7C00u));
        half = Vector256.ConditionalSelect(Vector256.GreaterThan(magnitude, Vector256.Create(0x7F80_0000u)), Vector256.Create(0x7E00u), half);
        return half | ((bits >> 16) & Vector256.Create(0x8000u));
    }
}
