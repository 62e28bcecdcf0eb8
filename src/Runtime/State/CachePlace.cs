namespace Tessera.Runtime.State;

/// <summary>Where a cache lies in the pages of its group.</summary>
/// <param name="Group">The group's number.</param>
/// <param name="Keys">Bytes from a page's beginning to the first head's keys.</param>
/// <param name="Values">Bytes from a page's beginning to the first head's values.</param>
/// <param name="KeyBlockBytes">Bytes of a block of keys.</param>
/// <param name="ValueBlockBytes">Bytes of a block of values.</param>
internal readonly record struct CachePlace(int Group, long Keys, long Values, int KeyBlockBytes, int ValueBlockBytes)
{
    /// <summary>Bytes from a page's beginning to a head's keys.</summary>
    public long KeysOf(int head) => Keys + ((long)head * PageLayout.Blocks * KeyBlockBytes);

    /// <summary>Bytes from a page's beginning to a head's values.</summary>
    public long ValuesOf(int head) => Values + ((long)head * PageLayout.Blocks * ValueBlockBytes);
}
