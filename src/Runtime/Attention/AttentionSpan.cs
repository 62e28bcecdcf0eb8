using Tessera.Architectures;

namespace Tessera.Runtime.Attention;

/// <summary>Which positions a query sees: a run that grows and moves with its own.</summary>
/// <param name="window">Positions that are seen; 0 for all.</param>
/// <param name="chunked">Whether the window cuts the text into pieces.</param>
/// <param name="seesAhead">Whether later positions are seen.</param>
/// <param name="length">Positions of the text, for those who see ahead.</param>
internal readonly struct AttentionSpan(int window, bool chunked, bool seesAhead, int length)
{
    public AttentionSpan(AttentionRule rule, int length)
        : this(rule.Window, rule.Chunked, rule.SeesAhead, length)
    {
    }

    /// <summary>The first position that the query at a position sees.</summary>
    public int First(int position) =>
        window == 0 ? 0
        : chunked ? position / window * window
        : Math.Max(0, seesAhead ? position - (window / 2) : position - window + 1);

    /// <summary>The position after the last that it sees.</summary>
    public int End(int position) =>
        !seesAhead ? position + 1
        : window == 0 ? length
        : (int)Math.Min(length, (long)position + (window / 2) + 1);
}
