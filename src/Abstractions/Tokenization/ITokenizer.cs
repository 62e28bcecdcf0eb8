using System.Buffers;
using System.Text;

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

    /// <summary>
    /// Appends the ids of a text as it is in a file: as <see cref="Encode"/> for UTF-8, and for bytes that are none as the reference's tokenizer of
    /// this kind takes them. By default they count as U+FFFD.
    /// </summary>
    /// <param name="text">Bytes, meant as UTF-8.</param>
    /// <param name="afterSpecial">Whether the text begins the prompt or follows a special token.</param>
    /// <param name="ids">Receives the ids.</param>
    void EncodeBytes(ReadOnlySpan<byte> text, bool afterSpecial, ICollection<int> ids) => Encode(Encoding.UTF8.GetString(text), afterSpecial, ids);

    /// <summary>Writes the bytes that a token stands for: UTF-8, which may begin or end within a character. Control tokens write nothing.</summary>
    /// <param name="id">A token id of the vocabulary.</param>
    /// <param name="output">Receives the bytes.</param>
    void Decode(int id, IBufferWriter<byte> output);
}
