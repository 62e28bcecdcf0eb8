using System.Composition;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Tokenization;

[assembly: PluginContract(1)]

namespace Tessera.Tokenizer.Bpe;

[ExportTokenizer("gpt2"), Shared]
[method: ImportingConstructor]
public sealed class BpeTokenizerFactory([Import(AllowDefault = true)] IPluginContext? context) : ITokenizerFactory, ITokenizerFileReader
{
    private const string PreKey = "tokenizer.ggml.pre";

    private static readonly Action<ILogger, string, Exception?> WarnMissingPre = LoggerMessage.Define<string>(
        LogLevel.Warning,
        new EventId(1, "MissingPreTokenizer"),
        "{File} does not name its pre-tokenizer ('" + PreKey + "'), so 'default' is used, which is right for few models and makes the others' text worse. --pre NAME sets it.");

    public ITokenizer Create(IGgufMetadata metadata, TokenizerOptions options)
    {
        PreTokenizer pre = Choose(metadata, options);
        Vocabulary vocabulary = Vocabulary.Read(metadata, new SpecialTokens
        {
            Bos = pre.HasDefaultBos ? 11 : -1,
            Eos = 11,
            AddBos = pre.AddBos,
            AddSpacePrefix = false,
            CleanSpaces = pre.CleansSpaces,
        });
        IReadOnlyList<ReadOnlyMemory<byte>> merges = metadata.GetUtf8Strings("tokenizer.ggml.merges")
            ?? (pre.NeedsMerges ? throw new GgufException(metadata.Source, "key 'tokenizer.ggml.merges'", -1, "required, but the file does not have it") : []);
        return new BpeTokenizer(vocabulary, merges, pre);
    }

    public bool Recognizes(ReadOnlyMemory<byte> content)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(content);
            return TokenizerJson.IsBpe(document.RootElement);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    public ITokenizer Read(ReadOnlyMemory<byte> content, string source, IGgufMetadata metadata, TokenizerOptions options)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(content);
            return new TokenizerJson(document.RootElement, source).Create(metadata, options.Pre);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IndexOutOfRangeException)
        {
            throw new TesseraException($"{source}: it is no tokenizer.json as Hugging Face's tokenizers write it: {e.Message}", e);
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

        return PreTokenizers.Find(name)
            ?? throw new TesseraException($"{metadata.Source}: the pre-tokenizer '{name}' is not known, and another would give wrong token ids. "
                + $"If the model uses a known one under a new name, say so with --pre NAME: {string.Join(", ", PreTokenizers.Names)}.");
    }
}
