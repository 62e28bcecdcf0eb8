using System.Buffers;
using Tessera.Plugins;
using Tessera.Tokenization;

namespace Tessera.Guards;

/// <summary>A plugin's tokenizer whose failures name the plugin.</summary>
internal class GuardedTokenizer : ITokenizer
{
    private readonly ITokenizer _tokenizer;

    protected GuardedTokenizer(PluginPart<ITokenizerFactory> part, ITokenizer tokenizer)
    {
        Part = part;
        _tokenizer = tokenizer;
        Vocabulary = tokenizer.Vocabulary ?? throw new InvalidOperationException("its tokenizer has no vocabulary");
    }

    public Vocabulary Vocabulary { get; }

    protected PluginPart<ITokenizerFactory> Part { get; }

    /// <summary>Guards a tokenizer, and the explainer that it is besides.</summary>
    /// <exception cref="InvalidOperationException">There is none, or none that can be used.</exception>
    public static GuardedTokenizer Of(PluginPart<ITokenizerFactory> part, ITokenizer? tokenizer) => tokenizer switch
    {
        null => throw new InvalidOperationException("it returns nothing"),
        ITokenizerExplainer explainer => new GuardedExplainer(part, tokenizer, explainer),
        _ => new GuardedTokenizer(part, tokenizer),
    };

    public void Encode(ReadOnlySpan<char> text, bool afterSpecial, ICollection<int> ids)
    {
        try
        {
            var own = new List<int>();
            _tokenizer.Encode(text, afterSpecial, own);
            Append(own, ids);
        }
        catch (Exception e) when (PluginFailure.IsUnexplained(e))
        {
            throw PluginFailure.Of(Part.Plugin, $"to encode a text with the {Part.Export}", e);
        }
    }

    public void EncodeBytes(ReadOnlySpan<byte> text, bool afterSpecial, ICollection<int> ids)
    {
        try
        {
            var own = new List<int>();
            _tokenizer.EncodeBytes(text, afterSpecial, own);
            Append(own, ids);
        }
        catch (Exception e) when (PluginFailure.IsUnexplained(e))
        {
            throw PluginFailure.Of(Part.Plugin, $"to encode a text with the {Part.Export}", e);
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
            throw PluginFailure.Of(Part.Plugin, $"to decode the token {id} with the {Part.Export}", e);
        }
    }

    private void Append(List<int> own, ICollection<int> ids)
    {
        foreach (int id in own)
        {
            ids.Add((uint)id < (uint)Vocabulary.Count
                ? id
                : throw new InvalidOperationException($"it gives the token {id}, its vocabulary has {Vocabulary.Count}"));
        }
    }
}
