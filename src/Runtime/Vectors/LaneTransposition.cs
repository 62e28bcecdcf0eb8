using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tessera.Runtime.Vectors;

/// <summary>Exchanges vectors and lanes, so that what was done within vectors can be done between them.</summary>
internal static unsafe class LaneTransposition
{
    private const int Lanes = 8;

    /// <summary>Lane i of vector j becomes lane j of vector i.</summary>
    /// <param name="v">Eight vectors of eight lanes.</param>
    [SkipLocalsInit]
    public static void Transpose(Vector256<int>* v)
    {
        if (Avx2.IsSupported)
        {
            Vector256<long> a = Avx2.UnpackLow(v[0], v[1]).AsInt64(), b = Avx2.UnpackHigh(v[0], v[1]).AsInt64();
            Vector256<long> c = Avx2.UnpackLow(v[2], v[3]).AsInt64(), d = Avx2.UnpackHigh(v[2], v[3]).AsInt64();
            Vector256<long> e = Avx2.UnpackLow(v[4], v[5]).AsInt64(), f = Avx2.UnpackHigh(v[4], v[5]).AsInt64();
            Vector256<long> g = Avx2.UnpackLow(v[6], v[7]).AsInt64(), h = Avx2.UnpackHigh(v[6], v[7]).AsInt64();
            StoreHalves(v, Avx2.UnpackLow(a, c), Avx2.UnpackLow(e, g));
            StoreHalves(v + 1, Avx2.UnpackHigh(a, c), Avx2.UnpackHigh(e, g));
            StoreHalves(v + 2, Avx2.UnpackLow(b, d), Avx2.UnpackLow(f, h));
            StoreHalves(v + 3, Avx2.UnpackHigh(b, d), Avx2.UnpackHigh(f, h));
            return;
        }

        int* from = stackalloc int[Lanes * Lanes];
        new ReadOnlySpan<int>(v, Lanes * Lanes).CopyTo(new Span<int>(from, Lanes * Lanes));
        for (int i = 0; i < Lanes; i++)
        {
            for (int j = 0; j < Lanes; j++)
            {
                ((int*)v)[(i * Lanes) + j] = from[(j * Lanes) + i];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreHalves(Vector256<int>* v, Vector256<long> left, Vector256<long> right)
    {
        v[0] = Avx2.Permute2x128(left, right, 0x20).AsInt32();
        v[Lanes / 2] = Avx2.Permute2x128(left, right, 0x31).AsInt32();
    }
}
