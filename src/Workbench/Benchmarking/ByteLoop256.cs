using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tessera.Workbench.Benchmarking;

/// <summary>8-bit integers with AVX2: products of neighbours, two at a time, added as 16 bits.</summary>
internal sealed unsafe class ByteLoop256 : MultiplyAddLoop
{
    public override string Name => "vpmaddubsw + vpaddw, 256 bits";

    protected override int Lanes => Vector256<byte>.Count;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override long Run(byte* weights, int rounds)
    {
        Vector256<sbyte> x0 = Vector256.Create((sbyte)1), x1 = Vector256.Create((sbyte)2), x2 = Vector256.Create((sbyte)3), x3 = Vector256.Create((sbyte)4);
        Vector256<short> s0 = default, s1 = default, s2 = default, s3 = default;
        Vector256<short> s4 = default, s5 = default, s6 = default, s7 = default;
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < Vectors; i += 2)
            {
                Vector256<byte> w0 = Vector256.Load(weights + (i * Vector256<byte>.Count));
                Vector256<byte> w1 = Vector256.Load(weights + ((i + 1) * Vector256<byte>.Count));
                s0 += Avx2.MultiplyAddAdjacent(w0, x0);
                s1 += Avx2.MultiplyAddAdjacent(w0, x1);
                s2 += Avx2.MultiplyAddAdjacent(w0, x2);
                s3 += Avx2.MultiplyAddAdjacent(w0, x3);
                s4 += Avx2.MultiplyAddAdjacent(w1, x0);
                s5 += Avx2.MultiplyAddAdjacent(w1, x1);
                s6 += Avx2.MultiplyAddAdjacent(w1, x2);
                s7 += Avx2.MultiplyAddAdjacent(w1, x3);
            }
        }

        return Vector256.Sum(s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7);
    }
}
