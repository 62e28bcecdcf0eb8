using System.Runtime.CompilerServices;
using Tessera.Runtime.Batches;
using Tessera.Runtime.Memory;
using Tessera.Runtime.State;
using Tessera.Runtime.Threads;

namespace Tessera.Generation;

internal sealed class ModelSession : IModelSession
{
    /// <summary>Tokens that go through the model together at most.</summary>
    internal const int BatchTokens = 512;

    private readonly LanguageModel _model;
    private readonly WorkerPool _pool;
    private readonly Sequence _sequence;
    private readonly int[] _batch;
    private int _inUse;
    private bool _disposed;
    private Exception? _failure;

    public ModelSession(LanguageModel model, Sequence sequence, int contextLength)
    {
        _model = model;
        _pool = model.Pool;
        _sequence = sequence;
        _batch = new int[Math.Min(contextLength, BatchTokens)];
        ContextLength = contextLength;
    }

    public int ContextLength { get; }

    public IReadOnlyList<int> Tokens => _sequence.Tokens;

    /// <summary>Sees every node of a forward pass.</summary>
    internal Action<string, int, ActivationRows>? Observer { get; set; }

    public void Evaluate(ReadOnlySpan<int> ids, Span<float> logits, CancellationToken cancellationToken)
    {
        using (Begin())
        {
            Compute(ids, logits, cancellationToken);
        }
    }

    public void Rewind(int position)
    {
        using (Begin())
        {
            Forget(position);
        }
    }

    public IEnumerable<GeneratedToken> Generate(GenerationRequest request, CancellationToken cancellationToken)
    {
        using (Begin())
        {
            var generator = new Generator(_model, this, request);
            if (request.MaxTokens == 0)
            {
                generator.EvaluatePrompt(cancellationToken);
                yield break;
            }

            GeneratedToken token;
            do
            {
                token = generator.Next(cancellationToken);
                yield return token;
            }
            while (token.Stop == StopReason.None);
        }
    }

    public async IAsyncEnumerable<GeneratedToken> GenerateAsync(GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using (Begin())
        {
            var generator = new Generator(_model, this, request);
            if (request.MaxTokens == 0)
            {
                await Task.Run(() => generator.EvaluatePrompt(cancellationToken), cancellationToken).ConfigureAwait(false);
                yield break;
            }

            GeneratedToken token;
            do
            {
                token = await Task.Run(() => generator.Next(cancellationToken), cancellationToken).ConfigureAwait(false);
                yield return token;
            }
            while (token.Stop == StopReason.None);
        }
    }

    public void Dispose()
    {
        using (_pool.Enter())
        {
            _disposed = true;
            _sequence.Dispose();
        }
    }

    /// <summary>Evaluates for the caller who has the session.</summary>
    /// <inheritdoc cref="Evaluate"/>
    internal void Compute(ReadOnlySpan<int> ids, Span<float> logits, CancellationToken cancellationToken)
    {
        int vocabulary = _model.Shape.Vocabulary;
        int outputs = logits.Length / vocabulary;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(outputs, ids.Length);
        Check(ids);
        int firstOutput = ids.Length - outputs;
        using (_pool.Enter(cancellationToken))
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _model.ExpectNotDisposed();
            if (ids.Length > 1)
            {
                _model.ExpectUnchanged();
            }

            if (_failure is not null)
            {
                throw new TesseraException($"The session ended with an error: {_failure.Message}", _failure);
            }

            for (int first = 0; first < ids.Length;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                ReadOnlySpan<int> batch = ids.Slice(first, Math.Min(Math.Min(_batch.Length, _sequence.NextBorder), ids.Length - first));
                int wanted = Math.Clamp(first + batch.Length - firstOutput, 0, batch.Length);
                Run(batch, logits.Slice(Math.Max(0, first - firstOutput) * vocabulary, wanted * vocabulary), cancellationToken);
                first += batch.Length;
            }
        }
    }

    /// <summary>Rewinds for the caller who has the session.</summary>
    /// <returns>How many tokens it remembers now.</returns>
    internal int Forget(int position)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position, Tokens.Count);
        return _sequence.Rewind(position);
    }

    /// <exception cref="TesseraException">Another caller has the session.</exception>
    private Use Begin() => Interlocked.Exchange(ref _inUse, 1) == 0
        ? new Use(this)
        : throw new TesseraException(
            "The session is in use: it serves one caller at a time, and a generation has it until its last token or until its enumerator is disposed. "
            + "Make a session for each caller.");

    private void Run(ReadOnlySpan<int> batch, Span<float> logits, CancellationToken cancellationToken)
    {
        batch.CopyTo(_batch);
        try
        {
            _model.Run(
                [new BatchPart(_sequence, _batch.AsMemory(0, batch.Length), logits.Length / _model.Shape.Vocabulary)], logits, Observer, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _failure = e;
            throw;
        }
    }

    private void Check(ReadOnlySpan<int> ids)
    {
        if (ids.Length > ContextLength - _sequence.Tokens.Count)
        {
            throw new TesseraException($"{_sequence.Tokens.Count + ids.Length} tokens do not fit the context of {ContextLength}.");
        }

        foreach (int id in ids)
        {
            _model.ExpectToken(id);
        }
    }

    /// <summary>The time for which a caller has the session.</summary>
    private readonly struct Use(ModelSession session) : IDisposable
    {
        public void Dispose() => Volatile.Write(ref session._inUse, 0);
    }
}
