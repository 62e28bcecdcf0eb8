namespace Tessera.Generation;

/// <summary>
/// One conversation with a model: its KV cache and the tokens that are in it. It serves one caller at a time: while an evaluation runs, or a generation
/// is being enumerated, every other call is an error (<see cref="TesseraException"/>) that changes nothing.
/// </summary>
public interface IModelSession : IDisposable, IAsyncDisposable
{
    /// <summary>Positions that fit.</summary>
    int ContextLength { get; }

    /// <summary>The tokens in the KV cache.</summary>
    IReadOnlyList<int> Tokens { get; }

    /// <summary>Runs tokens after those in the cache.</summary>
    /// <param name="ids">Token ids.</param>
    /// <param name="logits">Receives the logits of the last tokens, [n, vocabulary]; its length says how many. Empty for none.</param>
    /// <param name="cancellationToken">Stops, within a batch too; the tokens of finished batches stay in the cache.</param>
    /// <exception cref="TesseraException">The tokens do not fit the context, or an id is not in the vocabulary.</exception>
    void Evaluate(ReadOnlySpan<int> ids, Span<float> logits, CancellationToken cancellationToken = default);

    /// <summary>Forgets all tokens from a position on.</summary>
    void Rewind(int position);

    /// <summary>Continues a prompt, token by token.</summary>
    /// <exception cref="TesseraException">The prompt is empty, does not fit the context, or holds an id that is not in the vocabulary.</exception>
    IAsyncEnumerable<GeneratedToken> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken = default);

    /// <summary>Continues a prompt on the caller's thread.</summary>
    /// <exception cref="TesseraException">The prompt is empty, does not fit the context, or holds an id that is not in the vocabulary.</exception>
    IEnumerable<GeneratedToken> Generate(GenerationRequest request, CancellationToken cancellationToken = default);
}
