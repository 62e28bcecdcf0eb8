namespace Tessera.Architecture.Llama.Tests;

/// <summary>Exact numerics against the equations in double precision.</summary>
public class ForwardPassTests
{
    private static readonly int[] Ids = [1, 5, 31, 5, 0, 17, 8, 30, 2, 11];

    [Fact]
    public void Query_heads_share_key_heads_in_groups() => ExpectEquations(new TinyShape { Heads = 4, KvHeads = 2 });

    [Fact]
    public void Every_query_head_may_have_a_key_head_of_its_own() => ExpectEquations(new TinyShape { Heads = 4, KvHeads = 4 });

    [Fact]
    public void All_query_heads_may_share_one_key_head() => ExpectEquations(new TinyShape { Heads = 5, KvHeads = 1 });

    [Fact]
    public void Heads_may_be_longer_or_shorter_than_the_width_says() => ExpectEquations(new TinyShape { KeyLength = 24, ValueLength = 20, Rotated = 24 });

    [Fact]
    public void Only_the_first_values_of_a_head_may_be_rotated() => ExpectEquations(new TinyShape { Rotated = 6 });

    [Fact]
    public void Without_an_output_matrix_the_embedding_serves_for_it() => ExpectEquations(new TinyShape { Tied = true });

    [Fact]
    public void Every_matrix_product_may_have_a_bias() => ExpectEquations(new TinyShape { Biases = true });

    [Fact]
    public void Every_matrix_product_may_have_a_scale() => ExpectEquations(new TinyShape { Scales = true });

    [Fact]
    public void A_scale_multiplies_the_bias_in_the_feed_forward_network_only() => ExpectEquations(new TinyShape { Scales = true, Biases = true });

    [Fact]
    public void The_frequency_base_and_the_epsilon_are_the_files() => ExpectEquations(new TinyShape { FrequencyBase = 500, Epsilon = 0.1f });

    [Fact]
    public void Sizes_need_not_be_multiples_of_vectors() =>
        ExpectEquations(
            new TinyShape { Width = 45, FeedForward = 37, Heads = 3, KvHeads = 1, KeyLength = 10, ValueLength = 9, Rotated = 10, Vocabulary = 33, Layers = 3 });

    [Fact]
    public void Tokens_go_to_their_best_experts() => ExpectEquations(new TinyShape { Experts = 6, ExpertsUsed = 2 });

    [Fact]
    public void A_token_may_go_to_one_expert_or_to_all()
    {
        ExpectEquations(new TinyShape { Experts = 3, ExpertsUsed = 1 });
        ExpectEquations(new TinyShape { Experts = 3, ExpertsUsed = 3 });
    }

    [Fact]
    public void Every_expert_may_have_a_bias_and_a_scale() => ExpectEquations(new TinyShape { Experts = 4, Biases = true, Scales = true });

    [Fact]
    public void One_layer_is_the_first_and_the_last() => ExpectEquations(new TinyShape { Layers = 1 });

    [Fact]
    public void A_tied_output_equals_a_copy_of_the_embedding_to_the_bit()
    {
        var copied = new TinyLlama();
        copied.Tensors["output.weight"] = copied.Tensors["token_embd.weight"];
        var tied = new TinyLlama();
        tied.Tensors.Remove("output.weight");

        Assert.Equal(TinyModel.Logits(copied, Ids), TinyModel.Logits(tied, Ids));
    }

    private static void ExpectEquations(TinyShape shape)
    {
        var model = new TinyLlama(shape);

        float[] actual = TinyModel.Logits(model, Ids);

        double[] expected = [.. new DoubleLlama(model).Logits(Ids).SelectMany(logits => logits)];
        Assert.Equal(expected.Length, actual.Length);
        double error = Math.Sqrt(expected.Zip(actual, (e, a) => (e - a) * (e - a)).Sum() / expected.Sum(e => e * e));
        Assert.InRange(error, 0, 3e-6);
    }
}
