using Tessera.Generation;
using Tessera.Runtime.Batches;
using Tessera.Runtime.State;

namespace Tessera.Cli.Bench;

/// <summary>Sequences that begin with the same tokens and go on together, one token a step.</summary>
internal sealed class BenchSequences : IDisposable
{
    private readonly LanguageModel _model;
    private readonly Sequence[] _sequences;
    private readonly BatchPart[] _parts;

    public BenchSequences(LanguageModel model, ReadOnlyMemory<int> beginning, int count, CancellationToken cancellationToken)
    {
        _model = model;
        _sequences = new Sequence[count];
        _parts = new BatchPart[count];
        for (int i = 0; i < count; i++)
        {
            _sequences[i] = model.CreateSequence();
            if (!beginning.IsEmpty)
            {
                model.Evaluate([new BatchPart(_sequences[i], beginning, 0)], [], cancellationToken);
            }
        }
    }

    public void Rewind(int position) => Array.ForEach(_sequences, sequence => sequence.Rewind(position));

    public void Evaluate(ReadOnlyMemory<int> id, Span<float> logits, CancellationToken cancellationToken)
    {
        for (int i = 0; i < _parts.Length; i++)
        {
            _parts[i] = new BatchPart(_sequences[i], id, 1);
        }

        _model.Evaluate(_parts, logits, cancellationToken);
    }

    public void Dispose() => Array.ForEach(_sequences, sequence => sequence.Dispose());
}
