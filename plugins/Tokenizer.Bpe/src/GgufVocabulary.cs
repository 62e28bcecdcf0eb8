using Microsoft.Extensions.Logging;
using Tessera.Gguf;
using Tessera.Tokenization;

namespace Tessera.Tokenizer.Bpe;

/// <summary>What a GGUF file says about tokens and merges.</summary>
internal sealed class GgufVocabulary(IGgufMetadata metadata, PreTokenizer pre, ILogger? logger)
{
    private const string MergesKey = "tokenizer.ggml.merges";

    private static readonly Action<ILogger, string, string, Exception?> WarnBos = LoggerMessage.Define<string, string>(
        LogLevel.Warning,
        new EventId(2, "BosAllTheSame"),
        "{File} says that prompts do not begin with BOS ('tokenizer.ggml.add_bos_token'), but models of the pre-tokenizer '{Pre}' need it, so it is added.");

    /// <param name="defaults">The roles of tokens where the file does not say.</param>
    /// <param name="needsMerges">Whether a file without merges is an error.</param>
    public BpeTokenizer Create(SpecialTokens defaults, bool needsMerges)
    {
        Vocabulary vocabulary = Vocabulary.Read(metadata, defaults with { AddBos = pre.AddBos, CleanSpaces = pre.CleansSpaces });
        if (pre.AlwaysAddsBos && vocabulary.Special is { AddBos: false, Bos: >= 0 })
        {
            if (logger is not null)
            {
                WarnBos(logger, metadata.Source, pre.Names[0], null);
            }

            vocabulary = vocabulary.WithSpecial(vocabulary.Special with { AddBos = true });
        }

        IReadOnlyList<ReadOnlyMemory<byte>> merges = metadata.GetUtf8Strings(MergesKey)
            ?? (needsMerges ? throw new GgufException(metadata.Source, $"key '{MergesKey}'", -1, "required, but the file does not have it") : []);
        TokenAttributes[]? attributes = StrippingTokens.Find(metadata, pre, vocabulary);
        return new BpeTokenizer(attributes is null ? vocabulary : vocabulary.WithAttributes(attributes), merges, pre);
    }
}
