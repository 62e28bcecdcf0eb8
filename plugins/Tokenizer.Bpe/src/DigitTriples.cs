namespace Tessera.Tokenizer.Bpe;

/// <summary>
/// Cuts runs of digits into groups of three from the right, as numbers are written: 1234567 becomes 1, 234, 567. As a regular expression
/// this looks ahead to the run's end from every digit; here it is linear. The two kinds differ at a run's ends only.
/// </summary>
internal sealed class DigitTriples
{
    /// <summary>
    /// <c>\d{1,3}(?=(?:\d{3})*\b)</c> as llama.cpp reads it: any <c>\p{N}</c>, cut after every group, so that the first stays with the text before it.
    /// </summary>
    public const string CutAfter = "<cut after digit triples>";

    /// <summary><c>(?=(\d{3})+(?!\d))</c>: ASCII digits, cut before every full group.</summary>
    public const string CutBefore = "<cut before digit triples>";

    private readonly bool _after;

    private DigitTriples(bool after) => _after = after;

    public static DigitTriples? Find(string pattern) => pattern switch
    {
        CutAfter => new DigitTriples(after: true),
        CutBefore => new DigitTriples(after: false),
        _ => null,
    };

    public void Split(ReadOnlySpan<char> text, List<int> lengths)
    {
        int cut = 0;
        for (int start = 0; start < text.Length;)
        {
            int end = start;
            while (end < text.Length && IsDigit(text[end]))
            {
                end++;
            }

            int first = start + ((end - start) % 3);
            first = _after && first == start ? first + 3 : first;
            int last = _after ? end : end - 3;
            for (int place = first; place <= last; place += 3)
            {
                SplitPattern.Add(lengths, place - cut);
                cut = place;
            }

            start = end + 1;
        }

        SplitPattern.Add(lengths, text.Length - cut);
    }

    private bool IsDigit(char standIn) => _after ? CharacterClasses.IsNumber(standIn) : char.IsAsciiDigit(standIn);
}
