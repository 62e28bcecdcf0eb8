using Tessera.Numerics;
using Tessera.Runtime.State;
using Tessera.Runtime.Vectors;

namespace Tessera.Runtime.Attention;

/// <summary>The arithmetic of attention for one way of keeping the cache and one width of vectors.</summary>
internal abstract unsafe class AttentionKernel
{
    public static AttentionKernel For(KvCacheType type, SimdLevel simd, IMachineCode? machineCode) => simd switch
    {
        SimdLevel.Avx512 => For<Lanes512, System.Runtime.Intrinsics.Vector512<float>>(type, machineCode),
        SimdLevel.Avx2 => For<Lanes256, System.Runtime.Intrinsics.Vector256<float>>(type, machineCode),
        _ => For<Lanes128, System.Runtime.Intrinsics.Vector128<float>>(type, machineCode),
    };

    /// <summary>Puts a row's query into the tile.</summary>
    public abstract void PackQuery(float* query, in AttentionTile tile, int row);

    /// <summary>A tile's sums over one chunk of positions.</summary>
    public abstract void Attend(in AttentionTile tile, int chunk, AttentionSums sums);

    /// <summary>Adds the sums of the next chunk to those of the chunks before it; of rows that see nothing before it they are the sums.</summary>
    public abstract void Merge(in AttentionTile tile, int chunk, AttentionSums next, AttentionSums sums);

    /// <summary>Writes a row's result, the sums over the weights' sum.</summary>
    /// <param name="sums">The tile's.</param>
    /// <param name="row">The row.</param>
    /// <param name="length">The value's length.</param>
    /// <param name="sink">A score that takes its part of the weights; minus infinity for none.</param>
    /// <param name="y">Where to.</param>
    public abstract void Finish(AttentionSums sums, int row, int length, float sink, float* y);

    private static AttentionKernel For<TLanes, TVector>(KvCacheType type, IMachineCode? machineCode)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct => type switch
        {
            KvCacheType.F32 => new FloatAttentionKernel<TLanes, TVector, F32KvEncoding>(),
            KvCacheType.F16 => new FloatAttentionKernel<TLanes, TVector, F16KvEncoding>(),
            KvCacheType.Q8_0 => new FloatAttentionKernel<TLanes, TVector, Q8KvEncoding>(),
            _ => new IntegerAttentionKernel<TLanes, TVector>(machineCode),
        };
}
