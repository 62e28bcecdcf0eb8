using System.Runtime.InteropServices;
using System.Text;

namespace Tessera.Tokenizer.Bpe.Normalization;

/// <summary>
/// Unicode normalization (UAX 15) by tables of our own. <see cref="string.Normalize()"/> asks ICU or the system, so what it does depends on the machine,
/// and where .NET runs without ICU it does nothing.
/// </summary>
internal sealed class TextNormalizer(NormalizationForm form)
{
    private readonly CharacterData _data = CharacterData.Instance;
    private readonly bool _compatible = form is NormalizationForm.FormKC or NormalizationForm.FormKD;
    private readonly bool _composes = form is NormalizationForm.FormC or NormalizationForm.FormKC;

    // No form changes a text that goes no further.
    private readonly char _lastPlain = form == NormalizationForm.FormC ? '\u02FF' : '\u007F';

    /// <summary>Brings a text into the form, in time linear in its length but for the ordering of marks.</summary>
    /// <param name="text">UTF-16; a lone surrogate counts as U+FFFD.</param>
    public ReadOnlySpan<char> Normalize(ReadOnlySpan<char> text)
    {
        if (!text.ContainsAnyExceptInRange('\0', _lastPlain))
        {
            return text;
        }

        var characters = new List<int>(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            _data.Decompose(rune.Value, _compatible, characters);
        }

        Span<int> ordered = CollectionsMarshal.AsSpan(characters);
        Order(ordered);
        return Write(_composes ? ordered[..Compose(ordered)] : ordered);
    }

    /// <summary>Orders the marks after each starter by their classes; equal ones stay as they are.</summary>
    private void Order(Span<int> characters)
    {
        for (int start = 0; start < characters.Length; start++)
        {
            int end = start;
            bool ordered = true;
            for (int before = 0; end < characters.Length && _data.ClassOf(characters[end]) is > 0 and int own; end++)
            {
                ordered &= before <= own;
                before = own;
            }

            if (!ordered)
            {
                int[] marks = [.. characters[start..end].ToArray().OrderBy(_data.ClassOf)];
                marks.CopyTo(characters[start..]);
            }

            start = end;
        }
    }

    /// <summary>Composes starters with what follows them, in place.</summary>
    /// <returns>How many characters are left.</returns>
    private int Compose(Span<int> characters)
    {
        const int Blocked = 256;
        int count = 0;
        int starter = 0;
        int before = Blocked;
        foreach (int character in characters)
        {
            int own = _data.ClassOf(character);
            if ((before < own || before == 0) && _data.TryCompose(characters[starter], character, out int composed))
            {
                characters[starter] = composed;
                continue;
            }

            starter = own == 0 ? count : starter;
            before = own == 0 || count > 0 ? own : Blocked;
            characters[count++] = character;
        }

        return count;
    }

    private static char[] Write(ReadOnlySpan<int> characters)
    {
        var text = new char[2 * characters.Length];
        int length = 0;
        foreach (int character in characters)
        {
            length += new Rune(character).EncodeToUtf16(text.AsSpan(length));
        }

        return text[..length];
    }
}
