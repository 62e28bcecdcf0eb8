using System.Buffers;

namespace Tessera.Tokenization;

/// <summary>
/// Tells which of many tokens occur in a text, in one pass. A branch whose tokens were all seen is not entered again, so even a text
/// made of nothing but token beginnings costs little more than its length.
/// </summary>
internal sealed class SpecialTokenTrie
{
    private readonly Dictionary<(int Node, byte Next), int> _children = [];
    private readonly List<int> _parents = [-1];
    private readonly List<int> _tokenAt = [-1];
    private readonly int[] _unseenBelow;
    private readonly SearchValues<byte> _firstBytes;

    /// <summary>Builds the tree; of equal texts the first counts.</summary>
    public SpecialTokenTrie(ReadOnlyMemory<byte>[] texts)
    {
        for (int token = 0; token < texts.Length; token++)
        {
            int node = 0;
            foreach (byte value in texts[token].Span)
            {
                if (!_children.TryGetValue((node, value), out int child))
                {
                    child = _parents.Count;
                    _children.Add((node, value), child);
                    _parents.Add(node);
                    _tokenAt.Add(-1);
                }

                node = child;
            }

            if (_tokenAt[node] < 0)
            {
                _tokenAt[node] = token;
            }
        }

        _unseenBelow = new int[_parents.Count];
        for (int node = _parents.Count - 1; node >= 0; node--)
        {
            _unseenBelow[node] += _tokenAt[node] >= 0 ? 1 : 0;
            if (node > 0)
            {
                _unseenBelow[_parents[node]] += _unseenBelow[node];
            }
        }

        _firstBytes = SearchValues.Create([.. texts.Select(t => t.Span[0]).Distinct()]);
    }

    /// <summary>The indices of the texts that occur, ascending.</summary>
    public int[] FindPresent(ReadOnlySpan<byte> text)
    {
        var present = new SortedSet<int>();
        int[] unseen = _unseenBelow;
        for (int start = 0; unseen[0] > 0 && text[start..].IndexOfAny(_firstBytes) is >= 0 and int offset; start += offset + 1)
        {
            int node = 0;
            for (int i = start + offset; i < text.Length && _children.TryGetValue((node, text[i]), out node) && unseen[node] > 0; i++)
            {
                if (_tokenAt[node] >= 0 && present.Add(_tokenAt[node]))
                {
                    unseen = ReferenceEquals(unseen, _unseenBelow) ? [.. unseen] : unseen;
                    for (int above = node; above >= 0; above = _parents[above])
                    {
                        unseen[above]--;
                    }
                }
            }
        }

        return [.. present];
    }
}
