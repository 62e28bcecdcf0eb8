using Tessera.Gguf;

namespace Tessera.Tokenization;

/// <summary>Makes the tokenizer of a model. Export it with <see cref="ExportTokenizerAttribute"/> and <c>[Shared]</c>.</summary>
public interface ITokenizerFactory
{
    /// <summary>Makes a tokenizer.</summary>
    /// <param name="metadata">The model's metadata.</param>
    /// <param name="options">What the user overrides.</param>
    /// <exception cref="GgufException">The metadata does not describe a tokenizer of this kind.</exception>
    /// <exception cref="TesseraException">Something that the tokenizer does not know, named.</exception>
    ITokenizer Create(IGgufMetadata metadata, TokenizerOptions options);
}
