using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace Tessera.Workbench.Benchmarking;

/// <summary>8-bit integers with portable vectors: dot products of four on ARM64 that has them, 16-bit products elsewhere.</summary>
internal sealed unsafe class ByteLoop128 : MultiplyAddLoop
{
    public override string Name => Dp.IsSupported ? "sdot, 128 bits" : "16-bit multiply + add, 128 bits";

    protected override int Lanes => Vector128<byte>.Count;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override long Run(byte* weights, int rounds)
    {
        Vector128<sbyte> x0 = Vector128.Create((sbyte)1), x1 = Vector128.Create((sbyte)2), x2 = Vector128.Create((sbyte)3), x3 = Vector128.Create((sbyte)4);
        Vector128<int> s0 = default, s1 = default, s2 = default, s3 = default;
        Vector128<int> s4 = default, s5 = default, s6 = default, s7 = default;
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < Vectors; i += 2)
            {
                Vector128<byte> w0 = Vector128.Load(weights + (i * Vector128<byte>.Count));
                Vector128<byte> w1 = Vector128.Load(weights + ((i + 1) * Vector128<byte>.Count));
                s0 = Add(s0, w0, x0);
                s1 = Add(s1, w0, x1);
                s2 = Add(s2, w0, x2);
                s3 = Add(s3, w0, x3);
                s4 = Add(s4, w1, x0);
                s5 = Add(s5, w1, x1);
                s6 = Add(s6, w1, x2);
                s7 = Add(s7, w1, x3);
            }
        }

        return Vector128.Sum(s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Add(Vector128<int> sum, Vector128<byte> w, Vector128<sbyte> x) => Dp.IsSupported
        ? Dp.DotProduct(sum, w.AsSByte(), x)
        : (sum.AsInt16() + (Vector128.WidenLower(w).AsInt16() * Vector128.WidenLower(x))
            + (Vector128.WidenUpper(w).AsInt16() * Vector128.WidenUpper(x))).AsInt32();
}
