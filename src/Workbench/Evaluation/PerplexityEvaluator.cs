using System.Runtime.InteropServices;
using Tessera.Generation;
using Tessera.Gguf.Files;

namespace Tessera.Workbench.Evaluation;

/// <summary>
/// How well a model predicts a text, as llama-perplexity defines it: the text is cut into windows of the context's length, what is left over is not used;
/// each window starts afresh, with BOS in place of its first token where the model asks for one; and only the tokens of its second half count, so
/// that each has at least half a window before it.
/// </summary>
public sealed class PerplexityEvaluator
{
    /// <summary>The shortest window with a token to predict.</summary>
    internal const int MinContextLength = 4;

    /// <summary>Positions whose logits are held at once, as long as these are no more values than <see cref="PieceValues"/>.</summary>
    private const int PieceTokens = 128;
    private const int PieceValues = 1 << 25;

    private readonly LanguageModel _model;
    private readonly int _contextLength;

    /// <summary>Makes an evaluator.</summary>
    /// <param name="model">The model.</param>
    /// <param name="contextLength">Tokens in a window, at least 4.</param>
    public PerplexityEvaluator(LanguageModel model, int contextLength)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(contextLength, MinContextLength);
        (_model, _contextLength) = (model, contextLength);
    }

    /// <summary>Goes through a text, window by window.</summary>
    /// <param name="tokens">The text's tokens (<see cref="LanguageModel.EncodeText"/>), at least a window.</param>
    /// <param name="windows">The most windows to look at; null for all.</param>
    /// <param name="save">
    /// Receives every position's log-probabilities in llama-perplexity's format, for a later <see cref="Compare"/>; null for none.
    /// </param>
    /// <param name="cancellationToken">Stops it, within a batch too.</param>
    /// <returns>An estimate after each window.</returns>
    /// <exception cref="TesseraException">The text is too short.</exception>
    public IEnumerable<PerplexityEstimate> Evaluate(
        IReadOnlyList<int> tokens, int? windows = null, Stream? save = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        int count = Math.Min(windows ?? int.MaxValue, tokens.Count / _contextLength);
        if (count < 1)
        {
            throw new TesseraException($"The text has {tokens.Count} tokens, less than a window of {_contextLength}.");
        }

        int[] used = [.. tokens.Take(count * _contextLength)];
        if (save is not null)
        {
            new LogProbabilityHeader(_contextLength, _model.Shape.Vocabulary, used).Write(save);
        }

        return Evaluate(used, save, saved: null, cancellationToken);
    }

    /// <summary>Goes through the text of saved logits and compares each prediction with them.</summary>
    /// <param name="saved">What <see cref="Evaluate(IReadOnlyList{int}, int?, Stream?, CancellationToken)"/> or llama-perplexity saved.</param>
    /// <param name="path">Its name, for errors.</param>
    /// <param name="model">The model.</param>
    /// <param name="cancellationToken">Stops it, within a batch too.</param>
    /// <returns>An estimate after each window.</returns>
    /// <exception cref="InputFileException">It is no such file, not whole, or of a model with another vocabulary.</exception>
    public static IEnumerable<PerplexityEstimate> Compare(LanguageModel model, Stream saved, string path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(saved);
        LogProbabilityHeader header = LogProbabilityHeader.Read(saved, path);
        if (header.Vocabulary != model.Shape.Vocabulary)
        {
            throw new InputFileException(path, $"saved by a model with a vocabulary of {header.Vocabulary} tokens; this one has {model.Shape.Vocabulary}.");
        }

        int stray = Array.FindIndex(header.Tokens, id => (uint)id >= (uint)header.Vocabulary);
        if (stray >= 0)
        {
            throw new InputFileException(path, $"token {stray} of its text is {header.Tokens[stray]}, the vocabulary has {header.Vocabulary}.");
        }

        return new PerplexityEvaluator(model, header.ContextLength).Evaluate(header.Tokens, save: null, saved, cancellationToken);
    }

    private IEnumerable<PerplexityEstimate> Evaluate(int[] tokens, Stream? save, Stream? saved, CancellationToken cancellationToken)
    {
        int windows = tokens.Length / _contextLength;
        DivergenceMeter? meter = saved is null ? null : new DivergenceMeter();
        var loss = new RunningMean();
        using IModelSession session = _model.CreateSession(_contextLength);
        int pieceTokens = Math.Clamp(PieceValues / _model.Shape.Vocabulary, 1, PieceTokens);
        var piece = new Piece(_model.Shape.Vocabulary, pieceTokens, hasRows: save is not null || saved is not null);
        for (int window = 0; window < windows; window++)
        {
            ArraySegment<int> text = new(tokens, window * _contextLength, _contextLength);
            int[] ids = [.. text];
            _model.BeginWithBos(ids);
            session.Rewind(0);
            int position = _contextLength / 2;
            session.Evaluate(ids.AsSpan(0, position), [], cancellationToken);
            for (int count; (count = Math.Min(pieceTokens, _contextLength - 1 - position)) > 0; position += count)
            {
                saved?.ReadExactly(MemoryMarshal.AsBytes(piece.Rows(count)));
                session.Evaluate(ids.AsSpan(position, count), piece.Logits(count), cancellationToken);
                piece.Measure(text.Slice(position + 1, count), saves: save is not null, compares: saved is not null);
                save?.Write(MemoryMarshal.AsBytes(piece.Rows(count)));
                for (int i = 0; i < count; i++)
                {
                    loss.Add(piece.Positions[i].LogLoss);
                    meter?.Add(piece.Positions[i]);
                }
            }

            yield return new PerplexityEstimate(window + 1, windows, _contextLength, loss, meter?.Estimate);
        }
    }

    /// <summary>A few positions of a window, measured by all processors.</summary>
    private sealed class Piece(int vocabulary, int positions, bool hasRows)
    {
        private readonly int _rowLength = LogProbabilityRow.LengthFor(vocabulary);
        private readonly float[] _logits = new float[positions * vocabulary];
        private readonly ushort[] _rows = hasRows ? new ushort[positions * LogProbabilityRow.LengthFor(vocabulary)] : [];

        public PositionDivergence[] Positions { get; } = new PositionDivergence[positions];

        public Span<float> Logits(int count) => _logits.AsSpan(0, count * vocabulary);

        public Span<ushort> Rows(int count) => _rows.AsSpan(0, count * _rowLength);

        public void Measure(ArraySegment<int> targets, bool saves, bool compares)
        {
            Parallel.For(0, targets.Count, i =>
            {
                ReadOnlySpan<float> logits = _logits.AsSpan(i * vocabulary, vocabulary);
                var distribution = new TokenDistribution(logits);
                Span<ushort> row = !hasRows ? [] : _rows.AsSpan(i * _rowLength, _rowLength);
                if (saves)
                {
                    LogProbabilityRow.Write(logits, distribution, row);
                }

                Positions[i] = compares
                    ? DivergenceMeter.Measure(logits, distribution, new LogProbabilityRow(row), targets[i])
                    : new PositionDivergence(0, 0, distribution.LogOfSum - logits[targets[i]], SameTopToken: true);
            });
        }
    }
}
