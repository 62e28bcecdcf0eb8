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
        int[] codePoints = ArrayPool<int>.Shared.Rent(text.Length);
        int count = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            codePoints[count++] = rune.Value;
        }

        List<int> lengths = Split(codePoints.AsSpan(0, count));
        ArrayPool<int>.Shared.Return(codePoints);
        return lengths;
    }

    /// <summary>The words' lengths in code points.</summary>
    public List<int> Split(ReadOnlySpan<int> codePoints)
    {
        // One buffer's first half holds the classes, its second half the characters.
        int count = codePoints.Length;
        char[] buffer = ArrayPool<char>.Shared.Rent(2 * count);
        Span<char> classes = buffer.AsSpan(0, count);
        Span<char> characters = buffer.AsSpan(count, count);
        for (int i = 0; i < count; i++)
        {
            classes[i] = CharacterClasses.ClassOf(codePoints[i]);
            characters[i] = CharacterClasses.CharacterOf(codePoints[i]);
        }

        List<int> lengths = [count];
        foreach (SplitPattern pattern in _patterns)
        {
            List<int> shorter = new(lengths.Count);
            ReadOnlySpan<char> rest = (pattern.ByClass ? classes : characters);
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
