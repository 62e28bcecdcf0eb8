namespace Tessera.Architecture.Llama.Tests;

/// <summary>The equations once more, in double precision, one token at a time, with nothing shared with the engine.</summary>
internal sealed class DoubleLlama(TinyLlama model)
{
    private readonly TinyShape _s = model.Shape;

    /// <summary>The logits at every position.</summary>
    public List<double[]> Logits(ReadOnlySpan<int> ids)
    {
        var keys = new List<double[]>[_s.Layers];
        var values = new List<double[]>[_s.Layers];
        for (int layer = 0; layer < _s.Layers; layer++)
        {
            (keys[layer], values[layer]) = ([], []);
        }

        var logits = new List<double[]>();
        for (int position = 0; position < ids.Length; position++)
        {
            float[] table = model.Tensors["token_embd.weight"].Values;
            double[] x = [.. table.Skip(ids[position] * _s.Width).Take(_s.Width).Select(v => (double)v)];
            for (int layer = 0; layer < _s.Layers; layer++)
            {
                string b = $"blk.{layer}.";
                double[] h = Norm(x, b + "attn_norm");
                double[] q = Rotate(Product(h, b + "attn_q"), position);
                keys[layer].Add(Rotate(Product(h, b + "attn_k"), position));
                values[layer].Add(Product(h, b + "attn_v"));
                x = Sum(x, Product(Attend(q, keys[layer], values[layer]), b + "attn_output"));
                h = Norm(x, b + "ffn_norm");
                x = Sum(x, _s.Experts > 0 ? Experts(h, b) : Product(Gated(Product(h, b + "ffn_gate"), Product(h, b + "ffn_up")), b + "ffn_down"));
            }

            logits.Add(Product(Norm(x, "output_norm"), _s.Tied ? "token_embd" : "output"));
        }

        return logits;
    }

    private static double[] Gated(double[] gate, double[] up) => [.. gate.Zip(up, (g, u) => g / (1 + Math.Exp(-g)) * u)];

    private double[] Experts(double[] x, string b)
    {
        double[] scores = Product(x, b + "ffn_gate_inp");
        int[] chosen = [.. Enumerable.Range(0, _s.Experts).OrderByDescending(expert => scores[expert]).Take(_s.ExpertsUsed)];
        double total = chosen.Sum(expert => Math.Exp(scores[expert]));
        var y = new double[x.Length];
        foreach (int expert in chosen)
        {
            double[] inner = Gated(Product(x, b + "ffn_gate_exps", expert), Product(x, b + "ffn_up_exps", expert));
            double weight = Math.Exp(scores[expert]) / total;
            y = Sum(y, [.. Product(inner, b + "ffn_down_exps", expert).Select(v => v * weight)]);
        }

        return y;
    }

    /// <summary>The product with one of the matrices of a tensor.</summary>
    private double[] Product(double[] x, string name, int expert)
    {
        (long[] dimensions, float[] weights) = model.Tensors[$"{name}.weight"];
        int rows = (int)dimensions[1];
        float[] bias = model.Tensors.TryGetValue($"{name}.bias", out (long[], float[] Values) b) ? b.Values : new float[rows * _s.Experts];
        float scale = model.Tensors.TryGetValue($"{name}.scale", out (long[], float[] Values) s) ? s.Values[expert] : 1;
        return [.. Enumerable.Range(expert * rows, rows).Select(row =>
            (scale * Enumerable.Range(0, x.Length).Sum(c => weights[(row * x.Length) + c] * x[c])) + bias[row])];
    }

    private double[] Attend(double[] q, List<double[]> keys, List<double[]> values)
    {
        var y = new double[_s.Heads * _s.ValueLength];
        for (int head = 0; head < _s.Heads; head++)
        {
            int kvHead = head / (_s.Heads / _s.KvHeads);
            double[] weights = [.. keys.Select(k => Math.Exp(Enumerable.Range(0, _s.KeyLength)
                .Sum(i => q[(head * _s.KeyLength) + i] * k[(kvHead * _s.KeyLength) + i]) / Math.Sqrt(_s.KeyLength)))];
            double total = weights.Sum();
            for (int i = 0; i < _s.ValueLength; i++)
            {
                y[(head * _s.ValueLength) + i] = weights.Zip(values, (w, v) => w * v[(kvHead * _s.ValueLength) + i]).Sum() / total;
            }
        }

        return y;
    }

    private double[] Rotate(double[] x, int position)
    {
        for (int head = 0; head < x.Length / _s.KeyLength; head++)
        {
            for (int i = 0; i < _s.Rotated / 2; i++)
            {
                (double sine, double cosine) = Math.SinCos(position * Math.Pow(_s.FrequencyBase, -2.0 * i / _s.Rotated));
                int first = (head * _s.KeyLength) + (2 * i);
                (x[first], x[first + 1]) = ((x[first] * cosine) - (x[first + 1] * sine), (x[first] * sine) + (x[first + 1] * cosine));
            }
        }

        return x;
    }

    private double[] Product(double[] x, string name)
    {
        (long[] dimensions, float[] weights) = model.Tensors[$"{name}.weight"];
        float[] bias = model.Tensors.TryGetValue($"{name}.bias", out (long[], float[] Values) b) ? b.Values : new float[dimensions[1]];
        float scale = model.Tensors.TryGetValue($"{name}.scale", out (long[], float[] Values) s) ? s.Values[0] : 1;
        bool scalesBias = name.Contains(".ffn_", StringComparison.Ordinal);
        return [.. Enumerable.Range(0, (int)dimensions[1]).Select(row =>
            (scale * Enumerable.Range(0, x.Length).Sum(c => weights[(row * x.Length) + c] * x[c])) + (scalesBias ? scale * bias[row] : bias[row]))];
    }

    private double[] Norm(double[] x, string name)
    {
        double scale = 1 / Math.Sqrt((x.Sum(v => v * v) / x.Length) + _s.Epsilon);
        return [.. x.Zip(model.Tensors[$"{name}.weight"].Values, (v, w) => v * scale * w)];
    }

    private static double[] Sum(double[] x, double[] y) => [.. x.Zip(y, (a, b) => a + b)];
}
