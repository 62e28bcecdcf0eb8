using System.Buffers;

namespace Tessera.Tokenization;

/// <summary>
/// Tells which of many tokens occur in a text, in one pass (Aho and Corasick): from each node of the tree a link leads to the longest suffix that is a
/// node too, so no byte is looked at again, however tokens begin and whatever the text repeats. A file may have a token of any length, and each of its
/// bytes is a node: nodes are numbered level by level, so that a node's children follow each other and 13 bytes are all that a node takes.
/// </summary>
internal sealed class SpecialTokenTrie
{
    private readonly byte[] _values;
    private readonly int[] _firstChild;
    private readonly int[] _suffix;
    // The longest token that ends at the node, and the next shorter one that ends where a token does; -1 where there is none.
    private readonly int[] _tokenAt;
    private readonly int[] _shorter;
    private readonly SearchValues<byte> _firstBytes;
    private readonly int _tokens;

    /// <summary>Builds the tree; of equal texts the first counts.</summary>
    public SpecialTokenTrie(ReadOnlyMemory<byte>[] texts)
    {
        // Sorted, the texts that begin alike stand together, those that end first.
        int[] sorted = [.. Enumerable.Range(0, texts.Length)];
        Array.Sort(sorted, (a, b) => texts[a].Span.SequenceCompareTo(texts[b].Span) is not 0 and int order ? order : a.CompareTo(b));
        int nodes = 1;
        ReadOnlySpan<byte> previous = [];
        foreach (int token in sorted)
        {
            ReadOnlySpan<byte> text = texts[token].Span;
            nodes += text.Length - text.CommonPrefixLength(previous);
            previous = text;
        }

        _values = new byte[nodes];
        _firstChild = new int[nodes + 1];
        _suffix = new int[nodes];
        _tokenAt = new int[nodes];
        _shorter = new int[texts.Length];
        List<(int First, int End)> level = [(0, sorted.Length)];
        List<(int First, int End)> next = [];
        int node = 0;
        int child = 1;
        for (int depth = 0; level.Count > 0; depth++)
        {
            next.Clear();
            foreach ((int first, int end) in level)
            {
                int at = first;
                _tokenAt[node] = node == 0 ? -1 : _tokenAt[_suffix[node]];
                if (at < end && texts[sorted[at]].Length == depth)
                {
                    _shorter[sorted[at]] = _tokenAt[node];
                    _tokenAt[node] = sorted[at];
                    _tokens++;
                }

                while (at < end && texts[sorted[at]].Length == depth)
                {
                    at++;
                }

                _firstChild[node] = child;
                while (at < end)
                {
                    byte value = texts[sorted[at]].Span[depth];
                    int same = at;
                    while (at < end && texts[sorted[at]].Span[depth] == value)
                    {
                        at++;
                    }

                    next.Add((same, at));
                    _values[child] = value;
                    _suffix[child] = node == 0 ? 0 : Step(_suffix[node], value);
                    child++;
                }

                node++;
            }

            (level, next) = (next, level);
        }

        _firstChild[nodes] = nodes;
        _firstBytes = SearchValues.Create(ChildrenOf(0));
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
            for (int token = _tokenAt[node]; token >= 0 && seen.Add(token); token = _shorter[token])
            {
            }
        }

        return [.. seen.Order()];
    }

    private int Step(int node, byte value)
    {
        while (true)
        {
            int child = ChildrenOf(node).IndexOf(value);
            if (child >= 0 || node == 0)
            {
                return child < 0 ? 0 : _firstChild[node] + child;
            }

            node = _suffix[node];
        }
    }

    private ReadOnlySpan<byte> ChildrenOf(int node) => _values.AsSpan(_firstChild[node].._firstChild[node + 1]);
}
