namespace Tessera.Runtime.State;

/// <summary>Caches that keep positions equally long, and so share pages.</summary>
/// <param name="Window">Positions that are needed; 0 for all.</param>
/// <param name="Bytes">Bytes of a page.</param>
internal readonly record struct PageGroup(int Window, long Bytes)
{
    /// <summary>The first page that a sequence of this length still needs.</summary>
    public int FirstPage(int length) => Window == 0 ? 0 : PageLayout.PageOf(Math.Max(0, length - Window));
}
