using System.Composition;
using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Tokenization;

[assembly: PluginContract(1)]

namespace Tessera.Tokenizer.Spm;

/// <summary>Makes tokenizers of the kind that GGUF files call <c>llama</c>: SentencePiece with scores and byte fallback.</summary>
[ExportTokenizer("llama"), Shared]
public sealed class SpmTokenizerFactory : ITokenizerFactory
{
    private static readonly SpecialTokens Defaults = new() { Bos = 1, Eos = 2, Unknown = 0, AddBos = true, AddSpacePrefix = true };

    /// <inheritdoc/>
    public ITokenizer Create(IGgufMetadata metadata, TokenizerOptions options) => new SpmTokenizer(Vocabulary.Read(metadata, Defaults));
}
