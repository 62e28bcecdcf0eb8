using System.Runtime.InteropServices;

namespace Tessera.Runtime.State;

/// <summary>What a model remembers of one text. One caller at a time.</summary>
public sealed class Sequence : IDisposable
{
    // Of more snapshots the oldest go: a text that is rewound further is computed from its beginning.
    private const int MaxSnapshots = 4;

    private readonly List<int> _tokens = [];
    private readonly List<CarriedValues> _snapshots = [];
    private readonly PageTable[] _tables;
    private bool _disposed;

    internal Sequence(StatePool pool)
        : this(pool, [.. pool.Layout.Groups.Select(group => new PageTable(group))])
    {
    }

    private Sequence(StatePool pool, PageTable[] tables)
    {
        Pool = pool;
        _tables = tables;
        Carried = pool.States.CarriedLength > 0 ? new CarriedValues(pool) : null;
    }

    /// <summary>The tokens that it remembers.</summary>
    public IReadOnlyList<int> Tokens => _tokens;

    /// <summary>Where its memory comes from.</summary>
    public StatePool Pool { get; }

    internal CarriedValues? Carried { get; }

    internal IReadOnlyList<PageTable> Tables => _tables;

    /// <summary>
    /// Positions that a batch may add at once. What is carried from token to token must be kept at page borders, to come back to.
    /// </summary>
    internal int NextBorder => Carried is null ? int.MaxValue : PageLayout.Positions - (_tokens.Count % PageLayout.Positions);

    /// <summary>
    /// Forgets all tokens from a position on. What only goes forwards cannot come back everywhere: a window that has passed by is gone, and what is carried
    /// from token to token was kept at a few positions.
    /// </summary>
    /// <param name="position">How many tokens to keep.</param>
    /// <returns>How many it has kept, <paramref name="position"/> at most.</returns>
    public int Rewind(int position)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position, _tokens.Count);
        if (position < _tokens.Count)
        {
            int kept = Reachable(position);
            CollectionsMarshal.SetCount(_tokens, kept);
            foreach (PageTable table in _tables)
            {
                // A text that begins again is written where it was, unless another reads that too.
                table.DropFrom(kept == 0 && table is { Count: > 0, First: 0 } && !table[0].IsShared ? 1 : PageLayout.PagesOf(kept));
            }

            RestoreCarried(kept);
        }

        return _tokens.Count;
    }

    /// <summary>A second sequence that remembers the same. Whole pages are shared, the last one is copied.</summary>
    /// <exception cref="TesseraException">The memory for it is not there.</exception>
    public Sequence Fork()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var fork = new Sequence(Pool, [.. _tables.Select(table => table.Share(PageLayout.PagesOf(_tokens.Count)))]);
        try
        {
            fork._tokens.AddRange(_tokens);
            fork.OwnLastPages();
            fork._snapshots.AddRange(_snapshots.Select(snapshot => snapshot.Copy(snapshot.Position)));
            fork.Carried?.CopyFrom(Carried!);
            return fork;
        }
        catch
        {
            fork.Dispose();
            throw;
        }
    }

    /// <summary>Writes what it remembers, for <see cref="StatePool.Restore"/>.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="cancellationToken">Stops between two pages; what was written is no sequence then.</param>
    public void SaveTo(Stream stream, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        SequenceWriter.Write(this, stream, cancellationToken);
    }

    /// <summary>Gives its memory back.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        foreach (PageTable table in _tables)
        {
            table.Dispose();
        }

        _snapshots.ForEach(snapshot => snapshot.Dispose());
        _snapshots.Clear();
        Carried?.Dispose();
    }

    /// <summary>Takes the pages that the next tokens go to.</summary>
    /// <exception cref="TesseraException">The memory is not there; the sequence is as it was.</exception>
    internal void Reserve(int tokens)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        OwnLastPages();
        int pages = PageLayout.PagesOf(_tokens.Count + tokens);
        _tokens.EnsureCapacity(pages * PageLayout.Positions);
        try
        {
            foreach (PageTable table in _tables)
            {
                while (table.Count < pages)
                {
                    table.Add(Pool.TakePage(table.Group));
                }
            }
        }
        catch
        {
            foreach (PageTable table in _tables)
            {
                table.DropFrom(PageLayout.PagesOf(_tokens.Count));
            }

            throw;
        }
    }

    /// <summary>Says that the states of tokens are there.</summary>
    internal void Append(ReadOnlySpan<int> ids)
    {
        _tokens.AddRange(ids);
        foreach (PageTable table in _tables)
        {
            table.DropBefore(Math.Min(table.Group.FirstPage(_tokens.Count), table.Count));
        }

        if (Carried is not null)
        {
            Carried.MoveTo(_tokens.Count);
            if (_tokens.Count % PageLayout.Positions == 0)
            {
                Keep(Carried.Copy(_tokens.Count));
            }
        }
    }

    /// <summary>Names a token whose states are being restored.</summary>
    internal void Load(int id) => _tokens.Add(id);

    private int Reachable(int position)
    {
        foreach (PageTable table in _tables)
        {
            // What a window needs at the position must still be there.
            if (table.Group.FirstPage(position) < table.First)
            {
                return 0;
            }
        }

        return Carried is null ? position : _snapshots.Where(snapshot => snapshot.Position <= position)
            .Select(snapshot => snapshot.Position).DefaultIfEmpty(0).Max();
    }

    private void RestoreCarried(int position)
    {
        if (Carried is null)
        {
            return;
        }

        while (_snapshots.Count > 0 && _snapshots[^1].Position > position)
        {
            _snapshots[^1].Dispose();
            _snapshots.RemoveAt(_snapshots.Count - 1);
        }

        if (position == 0)
        {
            Carried.Clear();
        }
        else
        {
            Carried.CopyFrom(_snapshots[^1]);
        }
    }

    private void Keep(CarriedValues snapshot)
    {
        if (_snapshots.Count == MaxSnapshots)
        {
            _snapshots[0].Dispose();
            _snapshots.RemoveAt(0);
        }

        _snapshots.Add(snapshot);
    }

    /// <summary>A page that is not full will be written to: nobody else may read it.</summary>
    private void OwnLastPages()
    {
        if (_tokens.Count % PageLayout.Positions == 0)
        {
            return;
        }

        int last = PageLayout.PagesOf(_tokens.Count) - 1;
        foreach (PageTable table in _tables)
        {
            if (table[last].IsShared)
            {
                Page own = Pool.TakePage(table.Group);
                own.CopyFrom(table[last]);
                table.Replace(last, own);
            }
        }
    }
}
