using Tessera.Architectures;
using Tessera.Runtime.Experts;
using Tessera.Runtime.Operators;
using Tessera.Runtime.Threads;

namespace Tessera.Host.Tests.Runtime;

public sealed class ExpertTests : IDisposable
{
    private readonly WorkerPool _pool = new(2);

    public void Dispose() => _pool.Dispose();

    [Theory]
    [InlineData(RoutingFunction.Softmax)]
    [InlineData(RoutingFunction.Sigmoid)]
    [InlineData(RoutingFunction.SoftmaxOfChosen)]
    [InlineData(RoutingFunction.SqrtSoftplus)]
    public void The_likeliest_experts_are_chosen_in_order_and_weighed(RoutingFunction function)
    {
        foreach (bool normalizes in (bool[])[false, true])
        {
            var rule = new RoutingRule(3) { Function = function, Normalizes = normalizes, Scale = 2.5f };
            using TestTensor scores = TestTensor.Random(40, 12, 5, spread: 4);

            ExpertRouting routing = Route(scores, rule);

            for (int token = 0; token < 40; token++)
            {
                double[] row = [.. scores.Tensor.Row(token).ToArray().Select(v => (double)v)];
                int[] chosen = [.. Enumerable.Range(0, 12).OrderByDescending(e => row[e]).Take(3)];
                double[] weights = Weights(function, row, chosen);
                double sum = normalizes ? weights.Sum() : 1;
                Assert.Equal(chosen, routing.ExpertsOf(token).ToArray());
                Assert.Equal(weights.Select(w => w / sum * 2.5), routing.WeightsOf(token).ToArray().Select(w => (double)w),
                    (a, b) => Math.Abs(a - b) <= 1e-6 * Math.Abs(a));
            }
        }
    }

    [Fact]
    public void A_bias_counts_for_the_choice_alone()
    {
        using TestTensor scores = TestTensor.Of(1, 0, 1, 2, 3);
        var bias = new WeightVector([10, 0, 0, 0]) { Name = "bias", Length = 4 };

        ExpertRouting routing = Route(scores, new RoutingRule(2) { Function = RoutingFunction.Sigmoid, SelectionBias = bias });

        Assert.Equal([0, 3], routing.ExpertsOf(0).ToArray());
        Assert.Equal(0.5f, routing.WeightsOf(0)[0]);
    }

    [Fact]
    public void Only_the_best_groups_are_chosen_from()
    {
        // The best single expert, 5, is in a group whose two best have a smaller sum than those of the others.
        using TestTensor scores = TestTensor.Of(1, 2, 2.1f, 3, -9, 5, -9);

        ExpertRouting routing = Route(scores, new RoutingRule(2) { Function = RoutingFunction.SoftmaxOfChosen, Groups = 3, ChosenGroups = 1 });

        Assert.Equal([1, 0], routing.ExpertsOf(0).ToArray());
    }

    [Fact]
    public void Weights_that_are_almost_zero_are_not_blown_up()
    {
        using TestTensor scores = TestTensor.Of(1, -60, -61, -62);

        ExpertRouting routing = Route(scores, new RoutingRule(2) { Function = RoutingFunction.Sigmoid, Normalizes = true });

        Assert.InRange(routing.WeightsOf(0)[0], 0, 1e-15f);
    }

    [Fact]
    public void Rows_lie_expert_by_expert_and_lead_back_to_their_tokens()
    {
        using TestTensor scores = TestTensor.Random(50, 9, 3);

        ExpertRouting routing = Route(scores, new RoutingRule(4));

        Assert.Equal(200, routing.FirstRowOf(9));
        Assert.Equal(Enumerable.Range(0, 200), Enumerable.Range(0, 50).SelectMany(token => routing.RowsOf(token).ToArray()).Order());
        for (int token = 0; token < 50; token++)
        {
            for (int rank = 0; rank < 4; rank++)
            {
                int row = routing.RowsOf(token)[rank];
                int expert = routing.ExpertsOf(token)[rank];
                Assert.Equal(token, routing.TokensOfRows[row]);
                Assert.InRange(row, routing.FirstRowOf(expert), routing.FirstRowOf(expert + 1) - 1);
            }
        }
    }

    [Fact]
    public void Results_are_weighted_and_added()
    {
        using TestTensor scores = TestTensor.Random(7, 5, 3);
        ExpertRouting routing = Route(scores, new RoutingRule(2));
        using TestTensor x = TestTensor.Random(14, 21, 4);
        using var y = new TestTensor(7, 21);

        new ExpertSum().Run(_pool, x.Tensor, routing, y.Tensor);

        for (int token = 0; token < 7; token++)
        {
            for (int i = 0; i < 21; i++)
            {
                double expected = 0;
                for (int rank = 0; rank < 2; rank++)
                {
                    expected += (double)routing.WeightsOf(token)[rank] * x.Tensor.Row(routing.RowsOf(token)[rank])[i];
                }

                Assert.Equal(expected, y.Tensor.Row(token)[i], 1e-6);
            }
        }
    }

    private ExpertRouting Route(TestTensor scores, RoutingRule rule)
    {
        var routing = new ExpertRouting(scores.Tensor.Columns, scores.Tensor.Rows * rule.Chosen) { Tokens = scores.Tensor.Rows, Chosen = rule.Chosen };
        new ExpertChoice().Run(_pool, scores.Tensor, rule, routing);
        return routing;
    }

    private static double[] Weights(RoutingFunction function, double[] scores, int[] chosen) => function switch
    {
        RoutingFunction.Softmax => [.. chosen.Select(e => Math.Exp(scores[e]) / scores.Sum(Math.Exp))],
        RoutingFunction.Sigmoid => [.. chosen.Select(e => 1 / (1 + Math.Exp(-scores[e])))],
        RoutingFunction.SoftmaxOfChosen => [.. chosen.Select(e => Math.Exp(scores[e]) / chosen.Sum(c => Math.Exp(scores[c])))],
        _ => [.. chosen.Select(e => Math.Sqrt(Math.Log(1 + Math.Exp(scores[e]))))],
    };
}
