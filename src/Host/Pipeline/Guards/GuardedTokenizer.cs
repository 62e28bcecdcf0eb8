using System.Buffers;
using Tessera.Plugins;
using Tessera.Tokenization;

namespace Tessera.Pipeline.Guards;

/// <summary>A plugin's tokenizer whose failures name the plugin.</summary>
internal sealed class GuardedTokenizer : ITokenizer
{
    private readonly PluginPart<ITokenizerFactory> _part;
    private readonly ITokenizer _tokenizer;

    /// <summary>Makes the tokenizer.</summary>
    /// <param name="part">Whose factory it is.</param>
    /// <param name="create">What the factory is asked to do.</param>
    /// <exception cref="TesseraException">The factory fails.</exception>
    public GuardedTokenizer(PluginPart<ITokenizerFactory> part, Func<ITokenizerFactory, ITokenizer> create)
    {
        _part = part;
        try
        {
            _tokenizer = create(part.Value) ?? throw new InvalidOperationException("it returns nothing");
            Explainer = _tokenizer is ITokenizerExplainer explainer ? new GuardedExplainer(part, explainer) : null;
            Vocabulary = _tokenizer.Vocabulary ?? throw new InvalidOperationException("it has no vocabulary");
        }
        catch (Exception e) when (PluginFailure.IsUnexplained(e))
        {
            throw PluginFailure.Of(part.Plugin, $"to make its {part.Export}", e);
        }
    }

    public Vocabulary Vocabulary { get; }

    /// <summary>Null for a tokenizer that does not explain itself.</summary>
    public ITokenizerExplainer? Explainer { get; }

    public void Encode(ReadOnlySpan<char> text, bool afterSpecial, ICollection<int> ids)
    {
        try
        {
            _tokenizer.Encode(text, afterSpecial, ids);
        }
        catch (Exception e) when (PluginFailure.IsUnexplained(e))
        {
            throw PluginFailure.Of(_part.Plugin, $"to encode a text with the {_part.Export}", e);
        }
    }

    public void EncodeBytes(ReadOnlySpan<byte> text, bool afterSpecial, ICollection<int> ids)
    {
        try
        {
            _tokenizer.EncodeBytes(text, afterSpecial, ids);
        }
        catch (Exception e) when (PluginFailure.IsUnexplained(e))
        {
            throw PluginFailure.Of(_part.Plugin, $"to encode a text with the {_part.Export}", e);
        }
    }

    public void Decode(int id, IBufferWriter<byte> output)
    {
        try
        {
            _tokenizer.Decode(id, output);
        }
        catch (Exception e) when (PluginFailure.IsUnexplained(e))
        {
            throw PluginFailure.Of(_part.Plugin, $"to decode the token {id} with the {_part.Export}", e);
        }
    }
}
