using System.Composition;
using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Tokenization;

[assembly: PluginContract(2)]

namespace Tessera.Tokenizer.Spm;

/// <summary>Makes tokenizers of the kind that GGUF files call <c>llama</c>: SentencePiece with scores and byte fallback.</summary>
[ExportTokenizer("llama"), Shared]
public sealed class SpmTokenizerFactory : ITokenizerFactory, ITokenizerFileReader
{
    private static readonly SpecialTokens Defaults = new() { Bos = 1, Eos = 2, Unknown = 0, AddBos = true, AddSpacePrefix = true };

    /// <inheritdoc/>
    public ITokenizer Create(IGgufMetadata metadata, TokenizerOptions options)
    {
        Vocabulary vocabulary = Vocabulary.Read(metadata, Defaults);
        try
        {
            return new SpmTokenizer(StrippingTokens.Find(metadata, vocabulary) is { } attributes ? vocabulary.WithAttributes(attributes) : vocabulary);
        }
        catch (FormatException e)
        {
            long offset = metadata.TryGetValue("tokenizer.ggml.tokens", out GgufValue? tokens) ? tokens.Offset : -1;
            throw new GgufException(metadata.Source, "key 'tokenizer.ggml.tokens'", offset, e.Message);
        }
    }

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlyMemory<byte> content) => SentencePieceModel.TryParse(content.Span) is not null;

    /// <inheritdoc/>
    public ITokenizer Read(ReadOnlyMemory<byte> content, string source, IGgufMetadata metadata, TokenizerOptions options)
    {
        SentencePieceModel model = SentencePieceModel.TryParse(content.Span) ?? throw new TesseraException($"{source}: it is no SentencePiece model.");
        if ((model.Flaw ?? model.WhyNot()) is { } reason)
        {
            throw new TesseraException($"{source}: {reason}.");
        }

        try
        {
            return new SpmTokenizer(model.ToVocabulary(metadata));
        }
        catch (FormatException e)
        {
            throw new TesseraException($"{source}: {e.Message}.", e);
        }
    }
}
