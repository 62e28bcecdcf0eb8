using Tessera.Plugins;
using Tessera.Tokenization;

namespace Tessera.Pipeline.Guards;

/// <summary>What a plugin's tokenizer tells of itself, with failures that name the plugin.</summary>
internal sealed class GuardedExplainer(PluginPart<ITokenizerFactory> part, ITokenizerExplainer explainer) : ITokenizerExplainer
{
    public string MergeOrder => explainer.MergeOrder;

    public IReadOnlyList<ExplainedWord> Explain(ReadOnlySpan<char> text, bool afterSpecial)
    {
        try
        {
            return explainer.Explain(text, afterSpecial);
        }
        catch (Exception e) when (PluginFailure.IsUnexplained(e))
        {
            throw Failure(e);
        }
    }

    public ReadOnlyMemory<byte> PieceOf(int id)
    {
        try
        {
            return explainer.PieceOf(id);
        }
        catch (Exception e) when (PluginFailure.IsUnexplained(e))
        {
            throw Failure(e);
        }
    }

    public bool TryFindMerge(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, out double order)
    {
        try
        {
            return explainer.TryFindMerge(left, right, out order);
        }
        catch (Exception e) when (PluginFailure.IsUnexplained(e))
        {
            throw Failure(e);
        }
    }

    private TesseraException Failure(Exception e) => PluginFailure.Of(part.Plugin, $"to explain the {part.Export}", e);
}
