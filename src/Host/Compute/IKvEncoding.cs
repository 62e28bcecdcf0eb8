namespace Tessera.Compute;

/// <summary>
/// How a block of 16 positions is kept. Attention reads keys as [index][16 positions], so that 16 scores are computed at once, and values
/// as [lanes][16 positions][16 values], the last lanes filled up: both are read from first to last, without shuffling anything.
/// </summary>
internal unsafe interface IKvEncoding
{
    /// <summary>Bytes of a block of keys.</summary>
    static abstract int KeyBlockBytes(int length);

    /// <summary>Bytes of a block of values.</summary>
    static abstract int ValueBlockBytes(int length);

    /// <summary>Puts the key of one position into its block.</summary>
    /// <param name="key">The key.</param>
    /// <param name="length">Its length.</param>
    /// <param name="block">The block.</param>
    /// <param name="slot">The position within the block, 0 to 15.</param>
    static abstract void PackKey(float* key, int length, byte* block, int slot);

    /// <summary>Puts the value of one position into its block.</summary>
    static abstract void PackValue(float* value, int length, byte* block, int slot);

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
