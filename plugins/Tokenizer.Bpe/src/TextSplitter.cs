using System.Buffers;
using System.Text;

namespace Tessera.Tokenizer.Bpe;

/// <summary>Cuts text into words by a pre-tokenizer's patterns.</summary>
internal sealed class TextSplitter(PreTokenizer pre)
{
    private readonly SplitPattern[] _patterns = Array.ConvertAll(pre.Patterns, p => new SplitPattern(p));

    /// <summary>The words' lengths in code points.</summary>
    /// <param name="text">UTF-16; a lone surrogate counts as U+FFFD.</param>
    public List<int> Split(ReadOnlySpan<char> text)
    {
        // One buffer's first half holds the classes, its second half the characters.
        char[] buffer = ArrayPool<char>.Shared.Rent(2 * text.Length);
        Span<char> classes = buffer.AsSpan(0, text.Length);
        Span<char> characters = buffer.AsSpan(text.Length, text.Length);
        int count = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            classes[count] = CharacterClasses.ClassOf(rune.Value);
            characters[count] = CharacterClasses.CharacterOf(rune.Value);
            count++;
        }

        List<int> lengths = [count];
        foreach (SplitPattern pattern in _patterns)
        {
            List<int> shorter = new(lengths.Count);
            ReadOnlySpan<char> rest = (pattern.ByClass ? classes : characters)[..count];
            foreach (int length in lengths)
            {
                pattern.Split(rest[..length], shorter);
                rest = rest[length..];
            }

            lengths = shorter;
        }

        ArrayPool<char>.Shared.Return(buffer);
        return lengths;
    }
}
