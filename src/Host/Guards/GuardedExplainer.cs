using Tessera.Plugins;
using Tessera.Tokenization;

namespace Tessera.Guards;

/// <summary>
/// A plugin's tokenizer that also tells its merges, with failures that name the plugin. What it returns is read here: it may be computed when it is read.
/// </summary>
internal sealed class GuardedExplainer(PluginPart<ITokenizerFactory> part, ITokenizer tokenizer, ITokenizerExplainer explainer)
    : GuardedTokenizer(part, tokenizer), ITokenizerExplainer
{
    public string MergeOrder { get; } = explainer.MergeOrder ?? throw new InvalidOperationException("its tokenizer does not tell what orders merges");

    public IReadOnlyList<ExplainedWord> Explain(ReadOnlySpan<char> text, bool afterSpecial)
    {
        try
        {
            return [.. explainer.Explain(text, afterSpecial).Select(word => new ExplainedWord(word.Text.ToArray(), [.. word.Merges], [.. word.Ids]))];
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
            return explainer.PieceOf(id).ToArray();
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

    private TesseraException Failure(Exception e) => PluginFailure.Of(Part.Plugin, $"to explain the {Part.Export}", e);
}
