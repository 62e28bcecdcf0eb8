using Tessera.Architectures;
using Tessera.Gguf;

namespace Tessera.Architecture.Llama.Tests;

public class RopeScalingTests
{
    // With base 10,000 and eight rotated values the four frequencies are powers of ten.
    private static readonly float[] Unscaled = [1, 0.1f, 0.01f, 0.001f];

    [Fact]
    public void Without_scaling_the_frequencies_fall_from_one_by_the_base()
    {
        RotaryEmbedding rotary = TinyModel.Rotary(Model());

        ExpectFrequencies(Unscaled, rotary);
        Assert.Equal(1, rotary.Magnitude);
        Assert.Equal(RotaryPairing.Adjacent, rotary.Pairing);
    }

    [Fact]
    public void Without_a_base_it_is_ten_thousand()
    {
        TinyLlama model = Model(frequencyBase: 500);
        model.File.Remove("llama.rope.freq_base");

        ExpectFrequencies(Unscaled, TinyModel.Rotary(model));
    }

    [Fact]
    public void Linear_scaling_divides_every_frequency()
    {
        TinyLlama model = Model("linear", 4);

        ExpectFrequencies([0.25f, 0.025f, 0.0025f, 0.00025f], TinyModel.Rotary(model));
    }

    [Fact]
    public void A_factor_without_a_type_is_linear()
    {
        TinyLlama model = Model();
        model.File.Set("llama.rope.scaling.factor", 4f);

        ExpectFrequencies([0.25f, 0.025f, 0.0025f, 0.00025f], TinyModel.Rotary(model));
    }

    [Fact]
    public void The_old_key_for_a_linear_factor_counts_where_the_new_one_is_missing()
    {
        TinyLlama model = Model();
        model.File.Set("llama.rope.scale_linear", 2f);
        TinyLlama both = Model("linear", 4);
        both.File.Set("llama.rope.scale_linear", 2f);

        ExpectFrequencies([0.5f, 0.05f, 0.005f, 0.0005f], TinyModel.Rotary(model));
        ExpectFrequencies([0.25f, 0.025f, 0.0025f, 0.00025f], TinyModel.Rotary(both));
    }

    [Fact]
    public void A_factor_of_zero_is_none() => ExpectFrequencies(Unscaled, TinyModel.Rotary(Model("linear", 0)));

    [Fact]
    public void Longrope_without_factors_is_linear_scaling()
    {
        ExpectFrequencies(Unscaled, TinyModel.Rotary(Model("longrope", 1)));
        ExpectFrequencies([0.25f, 0.025f, 0.0025f, 0.00025f], TinyModel.Rotary(Model("longrope", 4)));
    }

    [Theory]
    [InlineData("rope_factors_long.weight")]
    [InlineData("rope_factors_short.weight")]
    public void Longrope_with_factors_is_refused_by_name(string tensor)
    {
        TinyLlama model = Model("longrope", 1);
        model.Tensors[tensor] = ([4], [1, 2, 4, 8]);

        var error = Assert.Throws<GgufException>(() => TinyModel.Rotary(model));

        Assert.Equal("key 'llama.rope.scaling.type'", error.Place);
        Assert.Contains("longrope", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_factor_of_zero_in_the_file_is_refused()
    {
        TinyLlama model = Model();
        model.Tensors["rope_freqs.weight"] = ([4], [1, 0, 4, 8]);

        Assert.Throws<GgufException>(() => TinyModel.Rotary(model));
    }

    [Fact]
    public void Scaling_of_type_none_ignores_the_factor() => ExpectFrequencies(Unscaled, TinyModel.Rotary(Model("none", 4)));

    [Fact]
    public void Factors_of_the_file_divide_each_frequency_by_its_own()
    {
        TinyLlama model = Model();
        model.Tensors["rope_freqs.weight"] = ([4], [1, 2, 4, -8]);

        ExpectFrequencies([1, 0.05f, 0.0025f, -0.000125f], TinyModel.Rotary(model));
    }

    [Fact]
    public void Factors_of_the_file_and_linear_scaling_multiply()
    {
        TinyLlama model = Model("linear", 4);
        model.Tensors["rope_freqs.weight"] = ([4], [1, 2, 4, 8]);

        ExpectFrequencies([0.25f, 0.0125f, 0.000625f, 0.00003125f], TinyModel.Rotary(model));
    }

    // Within 4096 positions, 32 turns are made by pair 8 ln(4096 / 64 pi) / (2 ln 10000) = 1.31 and one turn by pair 2.81. So pairs 0 and 1 keep
    // their frequency, pair 3 gets a quarter of it, and pair 2 lies half-way on the ramp from 1 to 3: (0.01 + 0.0025) / 2.
    private static readonly float[] Ramp = [1, 0.1f, 0.00625f, 0.00025f];

    [Fact]
    public void Yarn_keeps_fast_pairs_divides_slow_ones_and_mixes_between()
    {
        RotaryEmbedding rotary = TinyModel.Rotary(Yarn());

        ExpectFrequencies(Ramp, rotary);
        Assert.Equal(1.1386294f, rotary.Magnitude, 1e-6f);    // 1 + 0.1 ln 4
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0u)]
    public void Yarn_without_an_original_length_takes_the_context_length(uint? original)
    {
        TinyLlama model = Yarn();
        model.File.Remove("llama.rope.scaling.original_context_length");
        if (original is uint length)
        {
            model.File.Set("llama.rope.scaling.original_context_length", length);
        }

        // 8 ln(256 / 64 pi) / (2 ln 10000) = 0.10 and 1.61: the ramp goes from pair 0 to pair 2.
        ExpectFrequencies([1, 0.0625f, 0.0025f, 0.00025f], TinyModel.Rotary(model));
    }

    [Fact]
    public void Yarn_turns_at_the_ramps_ends_are_the_files()
    {
        TinyLlama model = Yarn();
        model.File.Set("llama.rope.scaling.yarn_beta_fast", 1f);
        model.File.Set("llama.rope.scaling.yarn_beta_slow", 0.1f);

        // Pairs 2.81 and 3.81: the ramp goes from pair 2 to pair 4.
        ExpectFrequencies([1, 0.1f, 0.01f, 0.000625f], TinyModel.Rotary(model));
    }

    [Fact]
    public void Yarn_without_extrapolation_is_linear()
    {
        TinyLlama model = Yarn();
        model.File.Set("llama.rope.scaling.yarn_ext_factor", 0f);

        RotaryEmbedding rotary = TinyModel.Rotary(model);

        ExpectFrequencies([0.25f, 0.025f, 0.0025f, 0.00025f], rotary);
        Assert.Equal(1, rotary.Magnitude);
    }

    [Fact]
    public void A_negative_extrapolation_is_none_said()
    {
        TinyLlama model = Yarn();
        model.File.Set("llama.rope.scaling.yarn_ext_factor", -1f);

        ExpectFrequencies(Ramp, TinyModel.Rotary(model));
    }

    [Fact]
    public void Yarns_magnitude_is_divided_by_the_log_multipliers_and_times_the_attention_factor()
    {
        TinyLlama multiplied = Yarn();
        multiplied.File.Set("llama.rope.scaling.yarn_log_multiplier", 1f);
        TinyLlama halved = Yarn();
        halved.File.Set("llama.rope.scaling.attn_factor", 0.5f);

        Assert.Equal(1, TinyModel.Rotary(multiplied).Magnitude, 1e-6f);
        Assert.Equal(0.5693147f, TinyModel.Rotary(halved).Magnitude, 1e-6f);
    }

    [Fact]
    public void An_unknown_type_is_an_error_that_names_the_key_and_the_known_ones()
    {
        GgufException error = Assert.Throws<GgufException>(() => TinyModel.Rotary(Model("spiral", 2)));

        Assert.Equal("key 'llama.rope.scaling.type'", error.Place);
        Assert.Contains("'spiral'", error.Message, StringComparison.Ordinal);
        Assert.Contains("none, linear, yarn and longrope", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void As_many_factors_as_pairs_are_expected()
    {
        TinyLlama model = Model();
        model.Tensors["rope_freqs.weight"] = ([3], [1, 2, 4]);

        GgufException error = Assert.Throws<GgufException>(() => TinyModel.Rotary(model));

        Assert.Equal("tensor 'rope_freqs.weight'", error.Place);
    }

    private static TinyLlama Model(string? type = null, float factor = 1, float frequencyBase = 10_000)
    {
        var model = new TinyLlama(new TinyShape { Rotated = 8, ContextLength = 256, FrequencyBase = frequencyBase });
        if (type is not null)
        {
            model.File.Set("llama.rope.scaling.type", type);
            model.File.Set("llama.rope.scaling.factor", factor);
        }

        return model;
    }

    private static TinyLlama Yarn()
    {
        TinyLlama model = Model("yarn", 4);
        model.File.Set("llama.rope.scaling.original_context_length", 4096u);
        return model;
    }

    private static void ExpectFrequencies(float[] expected, RotaryEmbedding actual)
    {
        Assert.Equal(expected.Length, actual.Frequencies.Length);
        Assert.All(expected, (frequency, i) => Assert.Equal(frequency, actual.Frequencies[i], 1e-6f * MathF.Abs(frequency)));
    }
}
