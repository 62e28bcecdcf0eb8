using System.Buffers;

namespace Tessera.Tokenization;

/// <summary>
/// Turns plain text into token ids and ids into bytes. The host does what all tokenizers share: it finds special tokens in the text,
/// adds BOS and EOS, and joins bytes to characters. Instances are immutable and serve any number of threads.
/// </summary>
public interface ITokenizer
{
    /// <summary>The tokens.</summary>
    Vocabulary Vocabulary { get; }

    /// <summary>Appends the ids of a text that holds no special token.</summary>
    /// <param name="text">UTF-16; a lone surrogate counts as U+FFFD.</param>
    /// <param name="afterSpecial">Whether the text begins the prompt or follows a special token: where SPM puts its space prefix.</param>
    /// <param name="ids">Receives the ids.</param>
    void Encode(ReadOnlySpan<char> text, bool afterSpecial, ICollection<int> ids);

    /// <summary>Writes the bytes that a token stands for: UTF-8, which may begin or end within a character. Control tokens write nothing.</summary>
    /// <param name="id">A token id of the vocabulary.</param>
    /// <param name="output">Receives the bytes.</param>
    void Decode(int id, IBufferWriter<byte> output);
}
