using Tessera.Architectures;
using Tessera.Runtime.Memory;
using Tessera.Runtime.Operators;
using Tessera.Runtime.State;

namespace Tessera.Host.Tests.Runtime;

/// <summary>Attention as it is defined, in double precision.</summary>
internal static class NaiveAttention
{
    private const int QuantLength = 32;

    /// <summary>What the cache keeps of keys or values; integers are compared with what they were rounded from.</summary>
    public static Func<int, int, double> Stored(TestTensor values, KvCacheType type) => type switch
    {
        KvCacheType.F32 or KvCacheType.I16 => (row, column) => values.Tensor.Row(row)[column],
        KvCacheType.F16 => (row, column) => (double)(Half)values.Tensor.Row(row)[column],
        _ => (row, column) =>
        {
            Span<float> group = values.Tensor.Row(row).Slice(column / QuantLength * QuantLength, QuantLength);
            float scale = group.ToArray().Max(MathF.Abs) / 127;
            return scale == 0 ? 0 : (double)(Half)scale * MathF.Round(group[column % QuantLength] * (1 / scale));
        }
        ,
    };

    /// <summary>Attends from some positions of a text.</summary>
    /// <param name="q">Their queries.</param>
    /// <param name="k">The keys of all positions.</param>
    /// <param name="v">The values of all positions.</param>
    /// <param name="state">Heads and their lengths.</param>
    /// <param name="before">The first query's position.</param>
    /// <param name="rule">Scale and options.</param>
    /// <param name="length">Positions of the text, for those who see ahead.</param>
    /// <returns>[token, head, value length].</returns>
    public static float[] Of(
        ActivationRows q, Func<int, int, double> k, Func<int, int, double> v, KeyValueState state, int before, AttentionRule rule, int length = 0)
    {
        int heads = q.Columns / state.KeyLength;
        var y = new List<float>();
        for (int token = 0; token < q.Rows; token++)
        {
            int position = before + token;
            int[] seen = [.. Enumerable.Range(0, Math.Max(length, position + 1)).Where(p => Sees(rule, position, p))];
            for (int head = 0; head < heads; head++)
            {
                int kvHead = head / (heads / state.Heads);
                float[] query = q.Row(token).Slice(head * state.KeyLength, state.KeyLength).ToArray();
                double[] scores = [
                    .. seen.Select(p => Score(rule, head, position - p, query.Select((value, i) => value * k(p, (kvHead * state.KeyLength) + i)).Sum()))];
                double maximum = scores.Max();
                double[] weights = [.. scores.Select(score => Math.Exp(score - maximum))];
                double sum = weights.Sum() + (rule.Sinks is WeightVector sinks ? Math.Exp(sinks.Values[head] - maximum) : 0);
                y.AddRange(Enumerable.Range(0, state.ValueLength).Select(
                    i => (float)seen.Select((p, s) => weights[s] * v(p, (kvHead * state.ValueLength) + i) / sum).Sum()));
            }
        }

        return [.. y];
    }

    private static bool Sees(AttentionRule rule, int position, int other) =>
        (rule.SeesAhead || other <= position)
        && (rule.Window == 0
            || (rule.Chunked ? other >= position / rule.Window * rule.Window
                : rule.SeesAhead ? Math.Abs(position - other) <= rule.Window / 2
                : position - other < rule.Window));

    private static double Score(AttentionRule rule, int head, int distance, double product)
    {
        double score = product * rule.Scale;
        score = rule.SoftCap == 0 ? score : rule.SoftCap * Math.Tanh(score / rule.SoftCap);
        return score - ((rule.Slopes?[head] ?? 0) * Math.Abs(distance));
    }
}
