using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tessera.Workbench.Benchmarking;

/// <summary>32-bit floating point, 512 bits.</summary>
internal sealed unsafe class FusedLoop512 : MultiplyAddLoop
{
    public override string Name => "float32 multiply-add, 512 bits";

    protected override int Lanes => Vector512<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override long Run(byte* weights, int rounds)
    {
        Vector512<float> x0 = Vector512.Create(1f), x1 = Vector512.Create(2f), x2 = Vector512.Create(3f), x3 = Vector512.Create(4f);
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
        Vector512<float> s4 = default, s5 = default, s6 = default, s7 = default;
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < Vectors; i += 2)
            {
                Vector512<float> w0 = Vector512.Load((float*)weights + (i * Vector512<float>.Count));
                Vector512<float> w1 = Vector512.Load((float*)weights + ((i + 1) * Vector512<float>.Count));
                s0 = Vector512.FusedMultiplyAdd(w0, x0, s0);
                s1 = Vector512.FusedMultiplyAdd(w0, x1, s1);
                s2 = Vector512.FusedMultiplyAdd(w0, x2, s2);
                s3 = Vector512.FusedMultiplyAdd(w0, x3, s3);
                s4 = Vector512.FusedMultiplyAdd(w1, x0, s4);
                s5 = Vector512.FusedMultiplyAdd(w1, x1, s5);
                s6 = Vector512.FusedMultiplyAdd(w1, x2, s6);
                s7 = Vector512.FusedMultiplyAdd(w1, x3, s7);
            }
        }

        return (long)Vector512.Sum(s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7);
    }
}
