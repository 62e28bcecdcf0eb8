using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Tokenization;

namespace Tessera.Guards;

/// <summary>A plugin's tokenizer factory that also reads files, with failures that name the plugin.</summary>
internal sealed class GuardedFileReader(PluginPart<ITokenizerFactory> part, ITokenizerFactory factory, ITokenizerFileReader reader)
    : GuardedTokenizerFactory(part, factory), ITokenizerFileReader
{
    public bool Recognizes(ReadOnlyMemory<byte> content)
    {
        try
        {
            return reader.Recognizes(content);
        }
        catch (Exception e) when (PluginFailure.IsUnexplained(e))
        {
            throw PluginFailure.Of(Part.Plugin, $"to tell whether a file is one for its {Part.Export}", e);
        }
    }

    public ITokenizer Read(ReadOnlyMemory<byte> content, string source, IGgufMetadata metadata, TokenizerOptions options)
    {
        try
        {
            return GuardedTokenizer.Of(Part, reader.Read(content, source, metadata, options));
        }
        catch (Exception e) when (PluginFailure.IsUnexplained(e))
        {
            throw PluginFailure.Of(Part.Plugin, $"to read '{source}' for its {Part.Export}", e);
        }
    }
}
