using Tessera.Fuzz.Corpus;
using Tessera.Fuzz.Harness;
using Tessera.Fuzz.Mutation;
using Tessera.Generation;
using Tessera.Loading;
using Tessera.Numerics;
using Tessera.Workbench.Evaluation;

namespace Tessera.Fuzz.Targets;

/// <summary>Saved log-probabilities that a model is compared with.</summary>
internal sealed class SavedLogitsTarget : FuzzTarget
{
    private const int ContextLength = 8;

    private readonly Lazy<LanguageModel> _model = new(Load);

    public override string Name => "saved-logits";

    public override string Extension => ".kld";

    public override long FixedBytes => 512 << 10;

    public override IReadOnlyList<IMutator> Mutators { get; } = [];

    public override void Run(string path)
    {
        using FileStream saved = File.OpenRead(path);
        foreach (PerplexityEstimate estimate in PerplexityEvaluator.Compare(_model.Value, saved, path))
        {
            _ = estimate.Divergence;
        }
    }

    protected override IReadOnlyList<byte[]> MakeCorpus()
    {
        var saved = new MemoryStream();
        int[] tokens = [.. Enumerable.Range(4, 2 * ContextLength)];
        foreach (PerplexityEstimate estimate in new PerplexityEvaluator(_model.Value, ContextLength).Evaluate(tokens, save: saved))
        {
            _ = estimate.Windows;
        }

        return [saved.ToArray()];
    }

    private static LanguageModel Load()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, TinyModels.Plain());
            return EngineUnderTest.Loader.LoadAsync(path, new ModelOptions { Numerics = NumericsMode.Exact, Threads = 1 }).GetAwaiter().GetResult();
        }
        finally
        {
            // The mapping lives on.
            File.Delete(path);
        }
    }
}
