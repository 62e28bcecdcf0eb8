using System.Buffers;
using System.Text;

namespace Tessera.Tokenization;

/// <summary>
/// Turns token ids into text as they come. A character whose bytes are spread over several tokens comes out whole with the last of them;
/// only bytes that can never become a character are replaced by U+FFFD. One instance serves one text.
/// </summary>
public sealed class StreamingDecoder
{
    private readonly ITokenizer _tokenizer;
    private readonly bool _showSpecial;
    private readonly Decoder _characters = Encoding.UTF8.GetDecoder();
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private bool _stripSpace;

    /// <summary>Begins a text.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="showSpecial">Whether control and unknown tokens appear as their names; without, they write nothing.</param>
    /// <param name="startsText">
    /// Whether the first token begins a text, so that the space which the tokenizer puts before every text
    /// (<see cref="SpecialTokens.AddSpacePrefix"/>) is taken off. What a model generates continues a prompt and keeps its space.
    /// </param>
    public StreamingDecoder(ITokenizer tokenizer, bool showSpecial = false, bool startsText = false)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        _tokenizer = tokenizer;
        _showSpecial = showSpecial;
        _stripSpace = startsText && tokenizer.Vocabulary.Special.AddSpacePrefix;
    }

    /// <summary>Decodes a whole text at once, as llama.cpp's <c>llama_detokenize</c> does: with <see cref="SpecialTokens.CleanSpaces"/> applied.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="ids">The text's token ids.</param>
    /// <param name="showSpecial">Whether control and unknown tokens appear as their names; without, they write nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException">An id is not in the vocabulary.</exception>
    public static string Decode(ITokenizer tokenizer, IEnumerable<int> ids, bool showSpecial = false)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var decoder = new StreamingDecoder(tokenizer, showSpecial, startsText: true);
        var bytes = new ArrayBufferWriter<byte>();
        foreach (int id in ids)
        {
            bytes.Write(decoder.BytesOf(id));
        }

        return Encoding.UTF8.GetString(tokenizer.Vocabulary.Special.CleanSpaces ? SpaceCleaner.Clean(bytes.WrittenSpan) : bytes.WrittenSpan);
    }

    /// <summary>Takes the next token and returns the text that it completes, possibly none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public string Append(int id) => Complete(BytesOf(id), flush: false);

    /// <summary>Ends the text: what is left of a character that was never completed comes out as U+FFFD.</summary>
    public string Flush() => Complete([], flush: true);

    private ReadOnlySpan<byte> BytesOf(int id)
    {
        Vocabulary vocabulary = _tokenizer.Vocabulary;
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, vocabulary.Count);
        _bytes.ResetWrittenCount();
        if (vocabulary.TypeOf(id) is not (TokenType.Control or TokenType.Unknown))
        {
            _tokenizer.Decode(id, _bytes);
        }
        else if (_showSpecial)
        {
            _bytes.Write(vocabulary.TextOf(id).Span);
        }

        // Only the first token can hold the space prefix, even if it writes nothing.
        ReadOnlySpan<byte> bytes = _bytes.WrittenSpan;
        bool strip = _stripSpace && bytes is [(byte)' ', ..];
        _stripSpace = false;
        return strip ? bytes[1..] : bytes;
    }

    private string Complete(ReadOnlySpan<byte> bytes, bool flush)
    {
        var text = new char[_characters.GetCharCount(bytes, flush)];
        return new string(text, 0, _characters.GetChars(bytes, text, flush));
    }
}
