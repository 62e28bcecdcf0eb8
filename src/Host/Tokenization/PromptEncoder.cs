using System.Text;

namespace Tessera.Tokenization;

/// <summary>
/// Turns a prompt into token ids: what all tokenizers share around <see cref="ITokenizer.EncodeBytes"/>. Special tokens are cut out of the text,
/// longest first, the tokenizer encodes what stands between them, and BOS and EOS are added as the vocabulary asks. The ids are those of
/// llama.cpp's <c>llama_tokenize</c>. Instances are immutable and serve any number of threads.
/// </summary>
public sealed class PromptEncoder
{
    private readonly ITokenizer _tokenizer;
    private readonly SpecialTokenCutter _userDefined;
    private readonly SpecialTokenCutter _allSpecial;

    /// <summary>Prepares the vocabulary's special tokens.</summary>
    /// <exception cref="TesseraException">The vocabulary asks for a BOS or EOS token that it does not have.</exception>
    public PromptEncoder(ITokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        _tokenizer = tokenizer;
        Vocabulary vocabulary = tokenizer.Vocabulary;
        if ((vocabulary.Special.AddBos && vocabulary.Special.Bos < 0) || (vocabulary.Special.AddEos && vocabulary.Special.Eos < 0))
        {
            throw new TesseraException(
                "The tokenizer's metadata asks for a BOS or EOS token in every prompt, but names none; set tokenizer.ggml.bos_token_id or .eos_token_id.");
        }

        _userDefined = new SpecialTokenCutter(vocabulary, type => type == TokenType.UserDefined);
        _allSpecial = new SpecialTokenCutter(vocabulary, type => type is TokenType.UserDefined or TokenType.Control or TokenType.Unknown);
    }

    /// <summary>Encodes a prompt.</summary>
    /// <param name="text">UTF-16; a lone surrogate counts as U+FFFD.</param>
    /// <param name="addSpecial">Whether BOS and EOS are added where the vocabulary asks for them.</param>
    /// <param name="parseSpecial">
    /// Whether control and unknown tokens are recognized in the text, as a chat template needs it. Text of users is better encoded without;
    /// user-defined tokens are recognized always.
    /// </param>
    public List<int> Encode(string text, bool addSpecial, bool parseSpecial)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Encode(Encoding.UTF8.GetBytes(text), addSpecial, parseSpecial);
    }

    /// <summary>Encodes a text as it is in a file.</summary>
    /// <param name="text">Bytes, meant as UTF-8; what is none is for the tokenizer to take as the reference's does.</param>
    /// <param name="addSpecial">Whether BOS and EOS are added where the vocabulary asks for them.</param>
    /// <param name="parseSpecial">Whether control and unknown tokens are recognized in the text.</param>
    public List<int> Encode(ReadOnlySpan<byte> text, bool addSpecial, bool parseSpecial) => Encode(text, addSpecial, parseSpecial, null);

    /// <summary>Encodes a prompt and tells what became of each part.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="addSpecial">Whether BOS and EOS are added.</param>
    /// <param name="parseSpecial">Whether control and unknown tokens are recognized.</param>
    /// <param name="parts">Receives the parts between BOS and EOS; null for nothing.</param>
    internal List<int> Encode(ReadOnlySpan<byte> text, bool addSpecial, bool parseSpecial, ICollection<EncodedFragment>? parts)
    {
        SpecialTokens special = _tokenizer.Vocabulary.Special;
        var ids = new List<int>();
        if (addSpecial && special.AddBos)
        {
            ids.Add(special.Bos);
        }

        bool afterSpecial = true;
        foreach (TextFragment fragment in (parseSpecial ? _allSpecial : _userDefined).Cut(text))
        {
            int first = ids.Count;
            if (fragment.Token >= 0)
            {
                ids.Add(fragment.Token);
            }
            else
            {
                _tokenizer.EncodeBytes(text[fragment.Start..fragment.End], afterSpecial, ids);
            }

            parts?.Add(new EncodedFragment(fragment, afterSpecial, first, ids.Count - first));
            afterSpecial = fragment.Token >= 0;
        }

        if (addSpecial && special.AddEos)
        {
            ids.Add(special.Eos);
        }

        return ids;
    }
}
