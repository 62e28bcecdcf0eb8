using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Tokenization;

namespace Tessera.Guards;

/// <summary>A plugin's tokenizer factory whose failures name the plugin, and whose tokenizers are guarded.</summary>
internal class GuardedTokenizerFactory : ITokenizerFactory
{
    private readonly ITokenizerFactory _factory;

    protected GuardedTokenizerFactory(PluginPart<ITokenizerFactory> part, ITokenizerFactory factory)
    {
        Part = part;
        _factory = factory;
    }

    protected PluginPart<ITokenizerFactory> Part { get; }

    /// <summary>Guards a factory, and the reader of files that it is besides.</summary>
    public static GuardedTokenizerFactory Of(PluginPart<ITokenizerFactory> part, ITokenizerFactory factory) =>
        factory is ITokenizerFileReader reader ? new GuardedFileReader(part, factory, reader) : new GuardedTokenizerFactory(part, factory);

    public ITokenizer Create(IGgufMetadata metadata, TokenizerOptions options)
    {
        try
        {
            return GuardedTokenizer.Of(Part, _factory.Create(metadata, options));
        }
        catch (Exception e) when (PluginFailure.IsUnexplained(e))
        {
            throw PluginFailure.Of(Part.Plugin, $"to make its {Part.Export}", e);
        }
    }
}
