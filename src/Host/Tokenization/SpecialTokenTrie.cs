using System.Buffers;

namespace Tessera.Tokenization;

/// <summary>
/// Tells which of many tokens occur in a text, in one pass (Aho and Corasick): from each node of the tree a link leads to the longest suffix that is a
/// node too, so no byte is looked at again, however tokens begin and whatever the text repeats.
/// </summary>
internal sealed class SpecialTokenTrie
{
    private readonly Dictionary<(int Node, byte Next), int> _children = [];
    private readonly List<int> _tokenAt = [-1];
    private readonly int[] _suffix;
    // The longest proper suffix at which a token ends; the root where there is none.
    private readonly int[] _shorter;
    private readonly SearchValues<byte> _firstBytes;
    private readonly int _tokens;

    /// <summary>Builds the tree; of equal texts the first counts.</summary>
    public SpecialTokenTrie(ReadOnlyMemory<byte>[] texts)
    {
        List<(int Depth, int Parent, byte Value)> nodes = [default];
        for (int token = 0; token < texts.Length; token++)
        {
            int node = 0;
            foreach (byte value in texts[token].Span)
            {
                if (!_children.TryGetValue((node, value), out int child))
                {
                    child = nodes.Count;
                    _children.Add((node, value), child);
                    nodes.Add((nodes[node].Depth + 1, node, value));
                    _tokenAt.Add(-1);
                }

                node = child;
            }

            if (_tokenAt[node] < 0)
            {
                _tokenAt[node] = token;
                _tokens++;
            }
        }

        _suffix = new int[nodes.Count];
        _shorter = new int[nodes.Count];
        foreach (int node in Enumerable.Range(1, nodes.Count - 1).OrderBy(node => nodes[node].Depth))
        {
            (int depth, int parent, byte value) = nodes[node];
            _suffix[node] = depth == 1 ? 0 : Step(_suffix[parent], value);
            _shorter[node] = _tokenAt[_suffix[node]] >= 0 ? _suffix[node] : _shorter[_suffix[node]];
        }

        _firstBytes = SearchValues.Create([.. texts.Select(t => t.Span[0]).Distinct()]);
    }

    /// <summary>The indices of the texts that occur, ascending.</summary>
    public int[] FindPresent(ReadOnlySpan<byte> text)
    {
        var seen = new HashSet<int>();
        int node = 0;
        for (int i = 0; i < text.Length && seen.Count < _tokens; i++)
        {
            if (node == 0 && text[i..].IndexOfAny(_firstBytes) is var skipped)
            {
                if (skipped < 0)
                {
                    break;
                }

                i += skipped;
            }

            node = Step(node, text[i]);

            // Where a token was seen, those that end within it were too.
            for (int end = _tokenAt[node] >= 0 ? node : _shorter[node]; end > 0 && seen.Add(end); end = _shorter[end])
            {
            }
        }

        return [.. seen.Select(end => _tokenAt[end]).Order()];
    }

    private int Step(int node, byte value)
    {
        while (true)
        {
            if (_children.TryGetValue((node, value), out int next) || node == 0)
            {
                return next;
            }

            node = _suffix[node];
        }
    }
}
