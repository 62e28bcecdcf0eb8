using System.Runtime.InteropServices;
using Tessera.Runtime.State;

namespace Tessera.Runtime.Batches;

/// <summary>
/// The rows of a forward pass: whose tokens they are, where they stand, and which of them somebody waits for. It is filled again for every pass.
/// </summary>
internal sealed class BatchRows
{
    private readonly List<Part> _parts = [];
    private int[] _ids = [];
    private int[] _positions = [];
    private int[] _wanted = [];

    /// <summary>Rows.</summary>
    public int Count { get; private set; }

    /// <summary>Rows that somebody waits for.</summary>
    public int WantedCount { get; private set; }

    public ReadOnlySpan<Part> Parts => CollectionsMarshal.AsSpan(_parts);

    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Count);

    public ReadOnlySpan<int> Positions => _positions.AsSpan(0, Count);

    /// <summary>The rows that somebody waits for, in their order.</summary>
    public ReadOnlySpan<int> Wanted => _wanted.AsSpan(0, WantedCount);

    /// <summary>Whether the wanted rows follow each other.</summary>
    public bool WantedTogether => WantedCount == 0 || _wanted[WantedCount - 1] - _wanted[0] == WantedCount - 1;

    /// <exception cref="ArgumentException">A part is empty or wants more than it has, or a sequence comes twice or keeps its keys otherwise than the
    /// first.</exception>
    public void Fill(ReadOnlySpan<BatchPart> parts)
    {
        _parts.Clear();
        (Count, WantedCount) = (0, 0);
        int rows = 0;
        foreach (BatchPart part in parts)
        {
            ArgumentOutOfRangeException.ThrowIfZero(part.Ids.Length, nameof(parts));
            ArgumentOutOfRangeException.ThrowIfNegative(part.Wanted, nameof(parts));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(part.Wanted, part.Ids.Length, nameof(parts));
            rows = checked(rows + part.Ids.Length);
            if (!ReferenceEquals(part.Sequence.Pool, parts[0].Sequence.Pool))
            {
                throw new ArgumentException("The sequences of a batch must keep keys and values in one pool.", nameof(parts));
            }
        }

        Reserve(rows);
        foreach (BatchPart part in parts)
        {
            Add(part);
        }
    }

    private void Add(in BatchPart part)
    {
        foreach (Part other in _parts)
        {
            if (ReferenceEquals(other.Sequence, part.Sequence))
            {
                throw new ArgumentException("A sequence has two parts in one batch.");
            }
        }

        int position = part.Sequence.Tokens.Count;
        _parts.Add(new Part(part.Sequence, Count, part.Ids.Length, position));
        part.Ids.Span.CopyTo(_ids.AsSpan(Count));
        for (int i = 0; i < part.Ids.Length; i++)
        {
            _positions[Count + i] = position + i;
        }

        for (int i = part.Ids.Length - part.Wanted; i < part.Ids.Length; i++)
        {
            _wanted[WantedCount++] = Count + i;
        }

        Count += part.Ids.Length;
    }

    private void Reserve(int rows)
    {
        if (_ids.Length < rows)
        {
            (_ids, _positions, _wanted) = (new int[rows], new int[rows], new int[rows]);
        }
    }

    /// <summary>The rows of one sequence.</summary>
    /// <param name="Sequence">Whose.</param>
    /// <param name="FirstRow">The first.</param>
    /// <param name="Count">How many.</param>
    /// <param name="FirstPosition">The first one's position.</param>
    internal readonly record struct Part(Sequence Sequence, int FirstRow, int Count, int FirstPosition);
}
