using System.Composition;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Tokenization;

[assembly: PluginContract(2)]

namespace Tessera.Tokenizer.Bpe;

/// <summary>Makes tokenizers of the kind that GGUF files call <c>gpt2</c>.</summary>
[ExportTokenizer("gpt2"), Shared]
[method: ImportingConstructor]
public sealed class BpeTokenizerFactory([Import(AllowDefault = true)] IPluginContext? context) : ITokenizerFactory, ITokenizerFileReader
{
    private const string PreKey = "tokenizer.ggml.pre";

    private static readonly Action<ILogger, string, Exception?> WarnMissingPre = LoggerMessage.Define<string>(
        LogLevel.Warning,
        new EventId(1, "MissingPreTokenizer"),
        "{File} does not name its pre-tokenizer ('" + PreKey
            + "'), so 'default' is used, which is right for few models and makes the others' text worse. An option (PreTokenizer) names the right one.");

    /// <inheritdoc/>
    public ITokenizer Create(IGgufMetadata metadata, TokenizerOptions options)
    {
        PreTokenizer pre = Choose(metadata, options);
        var defaults = new SpecialTokens { Bos = pre.HasDefaultBos ? 11 : -1, Eos = 11 };
        return new GgufVocabulary(metadata, pre, context?.Logger).Create(defaults, pre.NeedsMerges);
    }

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlyMemory<byte> content)
    {
        try
        {
            return TokenizerJson.IsBpe(content.Span);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // No JSON, or names in it that are no Unicode.
            return false;
        }
    }

    /// <inheritdoc/>
    public ITokenizer Read(ReadOnlyMemory<byte> content, string source, IGgufMetadata metadata, TokenizerOptions options)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(content);
            return new TokenizerJson(new JsonPlace(document.RootElement, source)).Create(metadata, options.Pre);
        }
        catch (JsonException e)
        {
            throw new TesseraException($"{source}: it is no JSON: {e.Message}", e);
        }
    }

    private PreTokenizer Choose(IGgufMetadata metadata, TokenizerOptions options)
    {
        string name = options.Pre ?? metadata.GetString(PreKey, "") ?? "";
        if (name.Length == 0)
        {
            if (context is not null)
            {
                WarnMissingPre(context.Logger, metadata.Source, null);
            }

            name = "default";
        }

        return PreTokenizers.Require(name, metadata);
    }
}
