using System.Globalization;
using System.Runtime.InteropServices;
using Tessera.Generation;
using Tessera.Numerics;
using Tessera.Runtime.Memory;

namespace Tessera.Workbench.Tracing;

/// <summary>Runs a prompt through a model and keeps what its nodes hold.</summary>
public static class ModelTracer
{
    /// <summary>Traces a prompt.</summary>
    /// <param name="model">The model.</param>
    /// <param name="ids">The prompt's tokens.</param>
    /// <param name="options">What to keep; null for everything about the last position.</param>
    /// <param name="cancellationToken">Stops it, within a batch too.</param>
    /// <exception cref="TesseraException">There is no token, or an id is not in the vocabulary.</exception>
    public static Trace Run(LanguageModel model, IReadOnlyList<int> ids, TraceOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(ids);
        if (ids.Count == 0)
        {
            throw new TesseraException("There is no token to trace: the prompt is empty.");
        }

        options ??= new TraceOptions();
        using var session = (ModelSession)model.CreateSession(ids.Count);
        var recorder = new Recorder(options.Nodes);
        int[] tokens = [.. ids];
        for (int first = 0; first < tokens.Length; first += ModelSession.BatchTokens)
        {
            int count = Math.Min(ModelSession.BatchTokens, tokens.Length - first);
            bool last = first + count == tokens.Length;
            recorder.BeginBatch();
            session.Observer = options.Positions == TracePositions.All ? recorder.Append : last ? recorder.AppendLastRow : null;
            session.Evaluate(tokens.AsSpan(first, count), last ? new float[model.Shape.Vocabulary] : [], cancellationToken);
        }

        return new Trace
        {
            Source = model.Path,
            Numerics = model.Numerics == NumericsMode.Exact ? "exact" : "fast",
            Tokens = tokens,
            Positions = options.Positions,
            Nodes = recorder.Nodes(options.Values),
        };
    }

    /// <summary>Joins the batches' parts of each node. Every batch names the same nodes in the same order.</summary>
    private sealed class Recorder(string? pattern)
    {
        private readonly List<(string Name, int Columns, List<float> Values)> _nodes = [];
        private int _next;

        public void BeginBatch() => _next = 0;

        public void Append(string name, int layer, ActivationRows value) => Append(name, layer, value, 0);

        public void AppendLastRow(string name, int layer, ActivationRows value) => Append(name, layer, value, Math.Max(0, value.Rows - 1));

        public TraceNode[] Nodes(int kept) =>
            [.. _nodes.Select(node => TraceNode.Measure(node.Name, node.Columns, CollectionsMarshal.AsSpan(node.Values), kept))];

        private void Append(string name, int layer, ActivationRows value, int firstRow)
        {
            string full = layer < 0 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}-{layer}");
            if (!Trace.Matches(pattern, full))
            {
                return;
            }

            if (_next == _nodes.Count)
            {
                _nodes.Add((full, value.Columns, []));
            }

            List<float> values = _nodes[_next++].Values;
            for (int row = firstRow; row < value.Rows; row++)
            {
                values.AddRange(value.Row(row));
            }
        }
    }
}
