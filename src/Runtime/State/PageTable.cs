using Tessera.Runtime.Memory;

namespace Tessera.Runtime.State;

/// <summary>A sequence's pages of one group, by number. Those that a window has passed by are gone.</summary>
internal sealed unsafe class PageTable(PageGroup group) : IDisposable
{
    private readonly List<Page?> _pages = [];
    private readonly NativeBuffer _addresses = new();

    /// <summary>Pages, the gone ones included.</summary>
    public int Count => _pages.Count;

    /// <summary>The number of the first page that is there.</summary>
    public int First { get; private set; }

    public PageGroup Group => group;

    /// <summary>The pages' addresses; one more follows, which is zero.</summary>
    public byte** Addresses => (byte**)_addresses.Data;

    public Page this[int page] => _pages[page]!;

    public void Add(Page page)
    {
        _pages.Add(page);
        Refresh();
    }

    /// <summary>Leaves out the first pages of an empty table.</summary>
    public void Skip(int pages)
    {
        _pages.AddRange(Enumerable.Repeat<Page?>(null, pages));
        First = pages;
    }

    public void Replace(int number, Page page)
    {
        _pages[number]!.Dispose();
        _pages[number] = page;
        Refresh();
    }

    /// <summary>Lets go of the pages before one.</summary>
    public void DropBefore(int page)
    {
        for (; First < page; First++)
        {
            _pages[First]!.Dispose();
            _pages[First] = null;
        }
    }

    /// <summary>Lets go of the pages from one on.</summary>
    public void DropFrom(int page)
    {
        for (int i = _pages.Count - 1; i >= page; i--)
        {
            _pages[i]?.Dispose();
            _pages.RemoveAt(i);
        }

        First = Math.Min(First, _pages.Count);
        Refresh();
    }

    /// <summary>The same pages for another sequence, up to a number.</summary>
    public PageTable Share(int pages)
    {
        var shared = new PageTable(group) { First = Math.Min(First, pages) };
        for (int i = 0; i < pages; i++)
        {
            shared._pages.Add(_pages[i]?.Share());
        }

        shared.Refresh();
        return shared;
    }

    public void Dispose()
    {
        DropFrom(0);
        _addresses.Dispose();
    }

    private void Refresh()
    {
        _addresses.Reserve((_pages.Count + 1) * sizeof(byte*) * 2L);
        for (int i = 0; i < _pages.Count; i++)
        {
            Addresses[i] = _pages[i] is { } page ? page.Data : null;
        }

        Addresses[_pages.Count] = null;
    }
}
