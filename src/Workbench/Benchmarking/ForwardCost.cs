using Tessera.Generation;
using Tessera.Numerics;

namespace Tessera.Workbench.Benchmarking;

/// <summary>
/// What the matrix products of an evaluation cost. Embedding lookups and attention are not in it; products whose result nobody asks for (the
/// output matrix at tokens without logits) are not computed and so do not count.
/// </summary>
/// <param name="MultiplyAdds">Multiplications of a weight with an activation.</param>
/// <param name="WeightBytes">Bytes, as in the file, of the matrices that are read: once per batch.</param>
/// <param name="Activations">The encoding of the activations of most multiplications.</param>
public sealed record ForwardCost(long MultiplyAdds, long WeightBytes, ActivationParts Activations)
{
    /// <summary>Counts an evaluation with logits for its last token.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokens">Tokens that are evaluated together, in batches as a session makes them.</param>
    public static ForwardCost Of(LanguageModel model, int tokens)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 1);
        using var pass = new CostPass(model);
        for (int first = 0; first < tokens; first += ModelSession.BatchTokens)
        {
            int batch = Math.Min(ModelSession.BatchTokens, tokens - first);
            pass.Count(batch, first + batch == tokens ? 1 : 0);
        }

        return pass.Cost;
    }

    /// <summary>Counts a step of sequences that go on together, each by a token with logits.</summary>
    /// <param name="model">The model.</param>
    /// <param name="sequences">Sequences.</param>
    public static ForwardCost OfStep(LanguageModel model, int sequences)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(sequences, 1);
        using var pass = new CostPass(model);
        pass.Count(sequences, sequences);
        return pass.Cost;
    }
}
