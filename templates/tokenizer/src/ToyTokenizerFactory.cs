using System.Composition;
using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Tokenization;

[assembly: PluginContract(2)]

namespace Company_Plugin;

/// <summary>Serves models whose <c>tokenizer.ggml.model</c> is <c>toy</c>.</summary>
[ExportTokenizer("toy"), Shared]
public sealed class ToyTokenizerFactory : ITokenizerFactory
{
    /// <remarks>What the file says of special tokens goes before the defaults given here.</remarks>
    public ITokenizer Create(IGgufMetadata metadata, TokenizerOptions options)
    {
        Vocabulary vocabulary = Vocabulary.Read(metadata, new SpecialTokens { AddBos = true });
        return vocabulary.Count > 256 && vocabulary.TypeOf(255) == TokenType.Byte
            ? new ToyTokenizer(vocabulary)
            : throw new GgufException(metadata.Source, "key 'tokenizer.ggml.tokens'", -1, "a toy vocabulary begins with 256 byte tokens");
    }
}
