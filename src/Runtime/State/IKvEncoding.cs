namespace Tessera.Runtime.State;

/// <summary>
/// How a block of 16 positions is kept: keys and values in the order in which attention reads them, from first to last, without shuffling anything.
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
}
