using Tessera.Runtime.Vectors;

namespace Tessera.Runtime.State;

/// <summary>
/// What is attended to in F32. Attention reads keys as [index][16 positions], so that 16 scores are computed at once, and values
/// as [lanes][16 positions][16 values], the last lanes filled up.
/// </summary>
internal unsafe interface IFloatKvEncoding : IKvEncoding
{
    /// <summary>A block of keys as [length][16 positions].</summary>
    /// <returns>Where it is: in the scratch memory, or in the block itself.</returns>
    static abstract float* UnpackKeys<TLanes, TVector>(byte* block, int length, float* scratch)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct;

    /// <summary>Blocks of values that follow each other as [block][lanes][16 positions][16 values].</summary>
    /// <returns>Where they are: in the scratch memory, or in the blocks themselves.</returns>
    static abstract float* UnpackValues<TLanes, TVector>(byte* blocks, int count, int length, float* scratch)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct;
}
