using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tessera.Numerics;

namespace Tessera.Quant.Float;

/// <summary>IEEE 754 binary16. .NET has no vector conversion for it, so its bits are put where binary32 has them.</summary>
/// <remarks>
/// Exponent and significand move up by 13 bits, and the exponent is rebased from 15 to 127. An exponent of all ones (infinity, NaN) is rebased twice
/// to stay all ones. An exponent of zero has no implicit one: with one it would read as <c>2^-15 (1 + f)</c>, so it is doubled and 2^-14 taken off, which
/// is exact and, unlike a multiplication by 2^112, never sees a binary32 subnormal, which some processors are slow at.
/// </remarks>
internal readonly unsafe struct F16Element : IElement
{
    private const int MagnitudeBits = 0x7FFF;
    private const int Rebase = (127 - 15) << 23;
    private const int One = 1 << 23;                     // the least normal exponent, in binary32's place
    private const int LargestFinite = (0x1F << 23) - 1;  // just below the exponent of all ones
    private const int SmallestNormal = (127 - 14) << 23; // the bits of 2^-14
    private const int Sign = int.MinValue;

    public static int Bytes => sizeof(ushort);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Widen(byte* source) => Binary16.ToSingle(*(ushort*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Widen128(byte* source)
    {
        Vector128<int> bits = Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)source).AsUInt16()).AsInt32();
        Vector128<int> magnitude = (bits & Vector128.Create(MagnitudeBits)) << 13;
        Vector128<int> special = Vector128.GreaterThan(magnitude, Vector128.Create(LargestFinite));
        Vector128<int> subnormal = Vector128.LessThan(magnitude, Vector128.Create(One));
        Vector128<int> rebased = magnitude + Vector128.Create(Rebase) + (special & Vector128.Create(Rebase)) + (subnormal & Vector128.Create(One));
        Vector128<float> value = rebased.AsSingle() - (subnormal & Vector128.Create(SmallestNormal)).AsSingle();
        return value | ((bits << 16) & Vector128.Create(Sign)).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Widen256(byte* source)
    {
        Vector256<int> bits = Avx2.ConvertToVector256Int32((ushort*)source);
        Vector256<int> magnitude = (bits & Vector256.Create(MagnitudeBits)) << 13;
        Vector256<int> special = Vector256.GreaterThan(magnitude, Vector256.Create(LargestFinite));
        Vector256<int> subnormal = Vector256.LessThan(magnitude, Vector256.Create(One));
        Vector256<int> rebased = magnitude + Vector256.Create(Rebase) + (special & Vector256.Create(Rebase)) + (subnormal & Vector256.Create(One));
        Vector256<float> value = rebased.AsSingle() - (subnormal & Vector256.Create(SmallestNormal)).AsSingle();
        return value | ((bits << 16) & Vector256.Create(Sign)).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Widen512(byte* source)
    {
        Vector512<int> bits = Avx512F.ConvertToVector512Int32(Vector256.Load((ushort*)source));
        Vector512<int> magnitude = (bits & Vector512.Create(MagnitudeBits)) << 13;
        Vector512<int> special = Vector512.GreaterThan(magnitude, Vector512.Create(LargestFinite));
        Vector512<int> subnormal = Vector512.LessThan(magnitude, Vector512.Create(One));
        Vector512<int> rebased = magnitude + Vector512.Create(Rebase);
        rebased = Vector512.ConditionalSelect(special, rebased + Vector512.Create(Rebase), rebased);
        Vector512<float> doubled = rebased.AsSingle() + rebased.AsSingle() - Vector512.Create(SmallestNormal).AsSingle();
        Vector512<float> value = Vector512.ConditionalSelect(subnormal.AsSingle(), doubled, rebased.AsSingle());
        return value | ((bits << 16) & Vector512.Create(Sign)).AsSingle();
    }
}
