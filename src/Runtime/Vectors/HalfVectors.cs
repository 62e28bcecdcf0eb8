using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tessera.Runtime.Vectors;

/// <summary>Conversion of binary32 to binary16, eight at a time; .NET 10 has no intrinsic for it.</summary>
internal static unsafe class HalfVectors
{
    private const float Largest = 65504;
    private const float SmallestNormal = 6.1035156e-05f; // 2^-14
    private const uint NotANumber = 0x7E00;

    /// <summary>Rounds to the nearest binary16, ties to even; what is too large becomes the largest finite value.</summary>
    public static void Store(float* source, ushort* destination, int count)
    {
        int i = 0;
        for (; i <= count - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            Vector256<uint> halves = Round(Vector256.Load(source + i));
            Vector128.Narrow(halves.GetLower(), halves.GetUpper()).Store(destination + i);
        }

        for (; i < count; i++)
        {
            destination[i] = (ushort)Round(Vector256.CreateScalar(source[i])).ToScalar();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Round(Vector256<float> value)
    {
        Vector256<uint> sign = value.AsUInt32() & Vector256.Create(0x8000_0000u);
        Vector256<float> magnitude = Vector256.MinNative(Vector256.Create(Largest), Vector256.Abs(value));

        // The 13 bits that go are rounded by adding just under half of their range, or half of it where the last bit that stays is odd;
        // the exponent's bias falls from 127 to 15.
        Vector256<uint> bits = magnitude.AsUInt32();
        Vector256<uint> normal = ((bits + Vector256.Create(0xFFFu) + ((bits >> 13) & Vector256<uint>.One)) >> 13) - Vector256.Create(112u << 10);

        // The distance between binary16 subnormals, 2^-24, is the one between binary32 numbers from 1/2 on.
        Vector256<uint> subnormal = (magnitude + Vector256.Create(0.5f)).AsUInt32() - Vector256.Create(0.5f).AsUInt32();
        Vector256<uint> isSubnormal = Vector256.LessThan(magnitude, Vector256.Create(SmallestNormal)).AsUInt32();
        Vector256<uint> rounded = Vector256.ConditionalSelect(isSubnormal, subnormal, normal);
        Vector256<uint> isNumber = Vector256.Equals(value, value).AsUInt32();
        return Vector256.ConditionalSelect(isNumber, rounded, Vector256.Create(NotANumber)) | (sign >> 16);
    }
}
