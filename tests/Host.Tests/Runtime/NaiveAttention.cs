using Tessera.Architectures;
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
        },
    };

    /// <returns>[token, head, value length].</returns>
    public static float[] Of(Tensor q, Func<int, int, double> k, Func<int, int, double> v, ModelShape shape, int before, float scale)
    {
        int keyLength = shape.KeyLength;
        int valueLength = shape.ValueLength;
        int heads = q.Columns / keyLength;
        var y = new float[q.Rows * heads * valueLength];
        for (int kvHead = 0; kvHead < shape.KvHeads; kvHead++)
        {
            double[][] keys = [.. Enumerable.Range(0, before + q.Rows).Select(p => Row(k, p, kvHead * keyLength, keyLength))];
            double[][] values = [.. Enumerable.Range(0, before + q.Rows).Select(p => Row(v, p, kvHead * valueLength, valueLength))];
            int group = heads / shape.KvHeads;
            for (int row = 0; row < q.Rows * group; row++)
            {
                int token = row / group;
                int head = (kvHead * group) + (row % group);
                ReadOnlySpan<float> query = q.Row(token).Slice(head * keyLength, keyLength);
                Attend(query, keys.AsSpan(0, before + token + 1), values, scale, y.AsSpan(((token * heads) + head) * valueLength, valueLength));
            }
        }

        return y;
    }

    private static double[] Row(Func<int, int, double> source, int row, int first, int length) =>
        [.. Enumerable.Range(first, length).Select(column => source(row, column))];

    private static void Attend(ReadOnlySpan<float> query, ReadOnlySpan<double[]> keys, double[][] values, float scale, Span<float> y)
    {
        var scores = new double[keys.Length];
        for (int p = 0; p < keys.Length; p++)
        {
            for (int i = 0; i < query.Length; i++)
            {
                scores[p] += query[i] * keys[p][i];
            }

            scores[p] *= scale;
        }

        double maximum = scores.Max();
        double[] weights = [.. scores.Select(score => Math.Exp(score - maximum))];
        double sum = weights.Sum();
        for (int i = 0; i < y.Length; i++)
        {
            double total = 0;
            for (int p = 0; p < keys.Length; p++)
            {
                total += weights[p] * values[p][i];
            }

            y[i] = (float)(total / sum);
        }
    }
}
