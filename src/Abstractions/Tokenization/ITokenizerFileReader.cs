using Tessera.Gguf;

namespace Tessera.Tokenization;

/// <summary>
/// What an <see cref="ITokenizerFactory"/> implements besides, if it can make a tokenizer from a file that lies beside a model: a Hugging Face
/// <c>tokenizer.json</c>, a SentencePiece <c>tokenizer.model</c>. The host reads the file; it asks every factory whether the file is one of its kind.
/// </summary>
public interface ITokenizerFileReader
{
    /// <summary>Whether these bytes are a file of the kind that it reads. It looks at them alone and throws nothing.</summary>
    /// <param name="content">The whole file.</param>
    bool Recognizes(ReadOnlyMemory<byte> content);

    /// <summary>Makes a tokenizer.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="source">Its path, for messages.</param>
    /// <param name="metadata">The model's metadata, for roles of tokens that such a file does not tell.</param>
    /// <param name="options">What the user overrides.</param>
    /// <exception cref="TesseraException">The file asks for something that the tokenizer does not do, named.</exception>
    ITokenizer Read(ReadOnlyMemory<byte> content, string source, IGgufMetadata metadata, TokenizerOptions options);
}
