using Tessera.Numerics;

namespace Tessera.Compute.Operations;

/// <summary>The arithmetic of attention for one way of keeping the cache and one width of vectors.</summary>
internal abstract unsafe class AttentionKernel
{
    public static AttentionKernel For(KvCacheType type, SimdLevel simd) => simd switch
    {
        SimdLevel.Avx512 => For<Lanes512, System.Runtime.Intrinsics.Vector512<float>>(type),
        SimdLevel.Avx2 => For<Lanes256, System.Runtime.Intrinsics.Vector256<float>>(type),
        _ => For<Lanes128, System.Runtime.Intrinsics.Vector128<float>>(type),
    };

    /// <summary>A tile's sums over one chunk of positions.</summary>
    public abstract void Attend(in AttentionTile tile, int chunk, AttentionSums sums);

    /// <summary>Adds the sums of the next chunk to those of the chunks before it.</summary>
    public abstract void Merge(in AttentionTile tile, int chunk, AttentionSums next, AttentionSums sums);

    /// <summary>Writes a row's result, the sums over the weights' sum.</summary>
    public abstract void Finish(AttentionSums sums, int row, int length, float* y);

    private static AttentionKernel For<TLanes, TVector>(KvCacheType type)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct => type switch
        {
            KvCacheType.F32 => new AttentionKernel<TLanes, TVector, F32KvEncoding>(),
            KvCacheType.F16 => new AttentionKernel<TLanes, TVector, F16KvEncoding>(),
            _ => new AttentionKernel<TLanes, TVector, Q8KvEncoding>(),
        };
}
