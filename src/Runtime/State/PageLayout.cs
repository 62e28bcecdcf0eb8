namespace Tessera.Runtime.State;

/// <summary>
/// Where the keys and values of 256 positions lie in a page. Caches that keep positions equally long share pages; in one, cache by cache, come the heads'
/// keys, each of 16 blocks of 16 positions, then the heads' values.
/// </summary>
internal sealed class PageLayout
{
    /// <summary>Positions of a page, which are attention's chunk: it begins at a multiple of them.</summary>
    public const int Positions = 256;

    /// <summary>Blocks of a page.</summary>
    public const int Blocks = Positions / KvLayout.BlockPositions;

    private readonly CachePlace[] _places;

    /// <exception cref="TesseraException">The heads' lengths do not fit the type.</exception>
    public PageLayout(DeclaredStates states, KvCacheType type)
    {
        Type = type;
        int[] windows = [.. states.Caches.Select(cache => cache.Window).Distinct()];
        var bytes = new long[windows.Length];
        _places = new CachePlace[states.Caches.Count];
        foreach (CacheState cache in states.Caches)
        {
            int group = Array.IndexOf(windows, cache.Window);
            (int keys, int values) = KvEncodings.BlockBytes(type, cache);
            long keyBytes = checked((long)cache.Heads * Blocks * keys);
            _places[cache.Index] = new CachePlace(group, bytes[group], checked(bytes[group] + keyBytes), keys, values);
            bytes[group] = checked(bytes[group] + keyBytes + ((long)cache.Heads * Blocks * values));
        }

        Groups = [.. windows.Zip(bytes, (window, length) => new PageGroup(window, length))];
    }

    public KvCacheType Type { get; }

    public IReadOnlyList<PageGroup> Groups { get; }

    public CachePlace PlaceOf(CacheState cache) => _places[cache.Index];

    /// <summary>Pages that hold so many positions, the last one perhaps in part.</summary>
    public static int PagesOf(int positions) => (positions + Positions - 1) / Positions;

    /// <summary>A page's number for a position.</summary>
    public static int PageOf(int position) => position / Positions;
}
