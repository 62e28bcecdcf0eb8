using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tessera.Compute;

/// <summary>Conversion between binary16 and binary32 for finite values, eight at a time; .NET 10 has no intrinsic for it.</summary>
internal static unsafe class HalfVectors
{
    // 2^112 moves the exponent's bias from 15 to 127; as a factor it makes subnormals normal, too.
    private const float BiasFactor = 5.192296858534828e33f;

    /// <summary>Eight values, exact; an infinity becomes 65536.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(ushort* source)
    {
        Vector256<uint> bits = Vector256.WidenLower(Vector128.Load(source).ToVector256Unsafe());
        Vector256<uint> magnitude = Vector256.ShiftLeft(bits & Vector256.Create(0x7FFFu), 13);
        Vector256<uint> sign = Vector256.ShiftLeft(bits & Vector256.Create(0x8000u), 16);
        return ((magnitude.AsSingle() * Vector256.Create(BiasFactor)).AsUInt32() | sign).AsSingle();
    }

    /// <summary>Rounds to the nearest binary16, ties to even; what is too large becomes the largest finite value.</summary>
    public static void Store(float* source, ushort* destination, int count)
    {
        for (int i = 0; i < count; i++)
        {
            float value = Math.Clamp(source[i], -65504f, 65504f);
            destination[i] = BitConverter.HalfToUInt16Bits((Half)value);
        }
    }
}
