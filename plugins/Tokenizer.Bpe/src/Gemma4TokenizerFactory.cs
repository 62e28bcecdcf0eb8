using System.Composition;
using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Tokenization;

namespace Tessera.Tokenizer.Bpe;

/// <summary>
/// Makes tokenizers of the kind that GGUF files call <c>gemma4</c>: merges by rank over tokens in plain UTF-8. Whatever the file names as its
/// pre-tokenizer, words are cut as <c>gemma4</c> does; a file without merges has tokens of single characters and bytes alone.
/// </summary>
[ExportTokenizer("gemma4"), Shared]
[method: ImportingConstructor]
public sealed class Gemma4TokenizerFactory([Import(AllowDefault = true)] IPluginContext? context) : ITokenizerFactory
{
    /// <inheritdoc/>
    public ITokenizer Create(IGgufMetadata metadata, TokenizerOptions options) =>
        new GgufVocabulary(metadata, PreTokenizers.Require(options.Pre ?? "gemma4", metadata), context?.Logger).Create(new SpecialTokens(), needsMerges: false);
}
