using Tessera.Architectures;
using Tessera.Gguf;

namespace Tessera.Architecture.Llama.Tests;

public class BadFileTests
{
    private static readonly int[] Ids = [3, 1, 4, 1, 5];

    [Theory]
    [InlineData("llama.context_length")]
    [InlineData("llama.block_count")]
    [InlineData("llama.embedding_length")]
    [InlineData("llama.feed_forward_length")]
    [InlineData("llama.attention.head_count")]
    [InlineData("llama.attention.layer_norm_rms_epsilon")]
    public void A_missing_key_is_named(string key)
    {
        var model = new TinyLlama();
        model.File.Remove(key);

        GgufException error = Assert.Throws<GgufException>(() => TinyModel.Shape(model));

        Assert.Equal($"key '{key}'", error.Place);
        Assert.Equal("tiny.gguf", Path.GetFileName(error.File));
    }

    [Theory]
    [InlineData("llama.block_count", 0u)]
    [InlineData("llama.embedding_length", 0u)]
    [InlineData("llama.feed_forward_length", 0u)]
    [InlineData("llama.feed_forward_length", uint.MaxValue)]
    [InlineData("llama.attention.head_count", 0u)]
    [InlineData("llama.attention.head_count_kv", 0u)]
    [InlineData("llama.attention.head_count_kv", 3u)]
    [InlineData("llama.attention.head_count_kv", 8u)]
    [InlineData("llama.attention.key_length", 0u)]
    [InlineData("llama.attention.value_length", 0u)]
    [InlineData("llama.attention.key_length", 0x20000000u)]
    [InlineData("llama.attention.value_length", 0x20000000u)]
    [InlineData("llama.attention.key_length", 0x7FFFFFFEu)]
    [InlineData("llama.rope.dimension_count", 0u)]
    [InlineData("llama.rope.dimension_count", 7u)]
    [InlineData("llama.rope.dimension_count", 18u)]
    [InlineData("llama.expert_count", uint.MaxValue)]
    public void A_number_that_fits_no_model_is_an_error_that_names_its_key(string key, uint value)
    {
        var model = new TinyLlama();
        model.File.Set(key, value);

        GgufException error = Assert.Throws<GgufException>(() => TinyModel.Shape(model));

        Assert.Equal($"key '{key}'", error.Place);
        Assert.True(error.Offset > 0);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(5u)]
    public void A_number_of_chosen_experts_that_fits_no_model_is_an_error_that_names_its_key(uint chosen)
    {
        var model = new TinyLlama(new TinyShape { Experts = 4 });
        model.File.Set("llama.expert_used_count", chosen);

        Assert.Equal("key 'llama.expert_used_count'", Assert.Throws<GgufException>(() => TinyModel.Shape(model)).Place);
    }

    [Fact]
    public void Experts_that_the_file_does_not_hold_are_missing_tensors()
    {
        var model = new TinyLlama();
        model.File.Set("llama.expert_count", 8u);
        model.File.Set("llama.expert_used_count", 2u);

        Assert.Equal("tensor 'blk.0.ffn_gate_inp.weight'", Assert.Throws<GgufException>(() => TinyModel.Shape(model)).Place);
    }

    [Fact]
    public void A_key_of_another_type_is_named()
    {
        var model = new TinyLlama();
        model.File.Set("llama.attention.head_count", "four");

        GgufException error = Assert.Throws<GgufException>(() => TinyModel.Shape(model));

        Assert.Equal("key 'llama.attention.head_count'", error.Place);
    }

    [Theory]
    [InlineData("llama.attention.layer_norm_rms_epsilon", float.NaN)]
    [InlineData("llama.attention.layer_norm_rms_epsilon", float.PositiveInfinity)]
    [InlineData("llama.attention.layer_norm_rms_epsilon", -1f)]
    [InlineData("llama.rope.freq_base", 0f)]
    [InlineData("llama.rope.freq_base", float.NaN)]
    [InlineData("llama.rope.freq_base", -10_000f)]
    [InlineData("llama.rope.scaling.factor", float.NaN)]
    [InlineData("llama.rope.scaling.attn_factor", float.NegativeInfinity)]
    [InlineData("llama.context_length", -1f)]
    public void A_number_that_would_make_logits_no_numbers_is_an_error_that_names_its_key(string key, float value)
    {
        var model = new TinyLlama();
        model.File.Set(key, value);

        GgufException error = Assert.Throws<GgufException>(() => TinyModel.Shape(model));

        Assert.Equal($"key '{key}'", error.Place);
        Assert.True(error.Offset > 0);
    }

    [Fact]
    public void Lengths_that_the_file_does_not_say_come_from_the_width()
    {
        var model = new TinyLlama();
        model.File.Remove("llama.attention.key_length");
        model.File.Remove("llama.attention.value_length");
        model.File.Remove("llama.rope.dimension_count");

        Assert.Equal(TinyModel.Logits(new TinyLlama(), Ids), TinyModel.Logits(model, Ids));
    }

    [Fact]
    public void Without_their_number_there_are_as_many_key_heads_as_heads()
    {
        var model = new TinyLlama(new TinyShape { KvHeads = 4 });
        model.File.Remove("llama.attention.head_count_kv");

        Assert.Equal(TinyModel.Logits(new TinyLlama(new TinyShape { KvHeads = 4 }), Ids), TinyModel.Logits(model, Ids));
    }

    [Theory]
    [InlineData("blk.1.attn_q.bias", 65)]
    [InlineData("blk.1.ffn_up.scale", 2)]
    public void A_bias_or_scale_of_another_length_is_named(string name, int length)
    {
        var model = new TinyLlama(new TinyShape { Biases = true, Scales = true });
        model.Tensors[name] = ([length], new float[length]);

        GgufException error = Assert.Throws<GgufException>(() => TinyModel.Shape(model));

        Assert.Equal($"tensor '{name}'", error.Place);
    }

    [Fact]
    public void More_layers_than_the_file_holds_are_missing_tensors()
    {
        var model = new TinyLlama(new TinyShape { Layers = 1 });
        model.File.Set("llama.block_count", 2u);

        GgufException error = Assert.Throws<GgufException>(() => TinyModel.Shape(model));

        Assert.Equal("tensor 'blk.1.attn_norm.weight'", error.Place);
    }

    [Fact]
    public void The_vocabulary_is_as_large_as_the_embedding_whatever_the_metadata_say()
    {
        var model = new TinyLlama(new TinyShape { Vocabulary = 48 });
        model.File.Set("llama.vocab_size", 32u);

        Assert.Equal(48, TinyModel.Shape(model).Vocabulary);
    }

    [Fact]
    public void The_shape_is_the_files()
    {
        var model = new TinyLlama(new TinyShape { Layers = 3, KeyLength = 24, ValueLength = 20, ContextLength = 77 });

        Assert.Equal(new ModelShape(Vocabulary: 32, Width: 64, Layers: 3, ContextLength: 77), TinyModel.Shape(model));
    }
}
