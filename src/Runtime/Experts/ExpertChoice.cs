using Tessera.Architectures;
using Tessera.Runtime.Memory;
using Tessera.Runtime.Operators;
using Tessera.Runtime.Threads;

namespace Tessera.Runtime.Experts;

/// <summary>Chooses each token's experts and weighs them (Shazeer et al. 2017; groups and selection bias: DeepSeek-AI 2024).</summary>
internal sealed class ExpertChoice : TokenOperation
{
    // The sum of the weights that others are divided by, at least: 2^-14.
    private const float SmallestSum = 6.103515625e-5f;

    [ThreadStatic]
    private static float[]? t_scratch;

    private ActivationRows _scores;
    private RoutingRule _rule = null!;
    private ExpertRouting _routing = null!;

    public void Run(WorkerPool pool, ActivationRows scores, RoutingRule rule, ExpertRouting routing)
    {
        (_scores, _rule, _routing) = (scores, rule, routing);
        Run(pool, scores.Rows);
        routing.Arrange();
    }

    protected override void ExecuteToken(int token)
    {
        ReadOnlySpan<float> scores = _scores.Row(token);
        if (t_scratch is null || t_scratch.Length < 2 * scores.Length)
        {
            t_scratch = new float[2 * scores.Length];
        }

        Span<float> probabilities = t_scratch.AsSpan(0, scores.Length);
        Span<float> selection = t_scratch.AsSpan(scores.Length, scores.Length);
        Evaluate(_rule.Function, scores, probabilities);
        probabilities.CopyTo(selection);
        if (_rule.SelectionBias is WeightVector bias)
        {
            for (int i = 0; i < selection.Length; i++)
            {
                selection[i] += bias.Values[i];
            }
        }

        if (_rule.Groups > 1)
        {
            KeepBestGroups(selection);
        }

        Span<int> experts = _routing.ExpertsOf(token);
        Span<float> weights = _routing.WeightsOf(token);
        for (int rank = 0; rank < experts.Length; rank++)
        {
            experts[rank] = TakeBest(selection);
            weights[rank] = probabilities[experts[rank]];
        }

        Weigh(weights);
    }

    private static void Evaluate(RoutingFunction function, ReadOnlySpan<float> scores, Span<float> probabilities)
    {
        scores.CopyTo(probabilities);
        switch (function)
        {
            case RoutingFunction.Softmax:
                Softmax(probabilities);
                break;
            case RoutingFunction.Sigmoid:
                foreach (ref float p in probabilities)
                {
                    p = 1 / (1 + MathF.Exp(-p));
                }

                break;
            case RoutingFunction.SqrtSoftplus:
                foreach (ref float p in probabilities)
                {
                    p = MathF.Sqrt((float)(Math.Max(p, 0) + Math.Log(1 + Math.Exp(-Math.Abs((double)p)))));
                }

                break;
        }
    }

    private static void Softmax(Span<float> values)
    {
        float max = float.NegativeInfinity;
        foreach (float value in values)
        {
            max = MathF.Max(max, value);
        }

        double sum = 0;
        foreach (ref float value in values)
        {
            value = MathF.Exp(value - max);
            sum += value;
        }

        foreach (ref float value in values)
        {
            value = (float)(value / sum);
        }
    }

    /// <summary>Leaves the experts of the groups whose two best have the largest sums.</summary>
    private void KeepBestGroups(Span<float> selection)
    {
        int length = selection.Length / _rule.Groups;
        Span<float> best = stackalloc float[_rule.Groups];
        for (int group = 0; group < _rule.Groups; group++)
        {
            best[group] = SumOfTwoBest(selection.Slice(group * length, length));
        }

        Span<bool> kept = stackalloc bool[_rule.Groups];
        for (int i = 0; i < _rule.ChosenGroups; i++)
        {
            kept[TakeBest(best)] = true;
        }

        for (int group = 0; group < _rule.Groups; group++)
        {
            if (!kept[group])
            {
                selection.Slice(group * length, length).Fill(float.NegativeInfinity);
            }
        }
    }

    private static float SumOfTwoBest(ReadOnlySpan<float> values)
    {
        (float first, float second) = (float.NegativeInfinity, float.NegativeInfinity);
        foreach (float value in values)
        {
            second = MathF.Max(second, MathF.Min(first, value));
            first = MathF.Max(first, value);
        }

        return values.Length == 1 ? first : first + second;
    }

    /// <summary>The place of the largest value, of equal ones the first, which cannot be taken again.</summary>
    private static int TakeBest(Span<float> values)
    {
        int best = -1;
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsNaN(values[i]) && (best < 0 || values[i] > values[best]))
            {
                best = i;
            }
        }

        best = Math.Max(best, 0);
        values[best] = float.NaN;
        return best;
    }

    private void Weigh(Span<float> weights)
    {
        if (_rule.Function == RoutingFunction.SoftmaxOfChosen)
        {
            Softmax(weights);
        }

        float factor = _rule.Scale;
        if (_rule.Normalizes)
        {
            double sum = 0;
            foreach (float weight in weights)
            {
                sum += weight;
            }

            factor = (float)(factor / Math.Max(sum, SmallestSum));
        }

        foreach (ref float weight in weights)
        {
            weight *= factor;
        }
    }
}
