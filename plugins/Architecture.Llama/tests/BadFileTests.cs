using Tessera.Architectures;
using Tessera.Gguf;

namespace Tessera.Architecture.Llama.Tests;

public class BadFileTests
{
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

        GgufException error = Assert.Throws<GgufException>(() => TinyModel.Build(model));

        Assert.Equal($"key '{key}'", error.Place);
        Assert.Equal("tiny.gguf", error.File);
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
    [InlineData("llama.expert_count", 8u)]
    public void A_number_that_fits_no_model_is_an_error_that_names_its_key(string key, uint value)
    {
        var model = new TinyLlama();
        model.File.Set(key, value);

        GgufException error = Assert.Throws<GgufException>(() => TinyModel.Build(model));

        Assert.Equal($"key '{key}'", error.Place);
        Assert.True(error.Offset > 0);
    }

    [Fact]
    public void A_key_of_another_type_is_named()
    {
        var model = new TinyLlama();
        model.File.Set("llama.attention.head_count", "four");

        GgufException error = Assert.Throws<GgufException>(() => TinyModel.Build(model));

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

        GgufException error = Assert.Throws<GgufException>(() => TinyModel.Build(model));

        Assert.Equal($"key '{key}'", error.Place);
        Assert.True(error.Offset > 0);
    }

    [Theory]
    [InlineData("llama.attention.head_count", 4)]
    [InlineData("llama.attention.head_count_kv", 2)]
    [InlineData("llama.feed_forward_length", 96)]
    [InlineData("llama.attention.key_length", 16)]
    [InlineData("llama.attention.value_length", 16)]
    [InlineData("llama.rope.dimension_count", 16)]
    public void A_number_for_each_layer_is_taken_where_all_are_equal_and_refused_by_name_where_they_differ(string key, int value)
    {
        var equal = new TinyLlama();
        equal.File.SetArray(key, [value, value]);
        Assert.Equal(2, TinyModel.Build(equal).Shape.Layers);

        foreach (int[] numbers in (int[][])[[value, value * 2], [value], [value, value, value], []])
        {
            var model = new TinyLlama();
            model.File.SetArray(key, numbers);

            Assert.Equal($"key '{key}'", Assert.Throws<GgufException>(() => TinyModel.Build(model)).Place);
        }
    }

    [Fact]
    public void Numbers_of_another_width_or_with_a_point_are_the_same_numbers()
    {
        var model = new TinyLlama();
        model.File.Set("llama.block_count", 2f);
        model.File.Set("llama.attention.head_count", (byte)4);
        model.File.Set("llama.attention.head_count_kv", 2d);
        model.File.Set("llama.embedding_length", 64UL);
        model.File.Set("llama.rope.freq_base", 10_000u);

        Assert.Equal(2, TinyModel.Build(model).Shape.KvHeads);
    }

    [Theory]
    [InlineData(0UL, 0)]
    [InlineData(uint.MaxValue, int.MaxValue)]
    [InlineData((ulong)long.MaxValue, int.MaxValue)]
    public void A_context_of_any_length_is_taken(ulong stored, int expected)
    {
        var model = new TinyLlama();
        model.File.Set("llama.context_length", stored);

        Assert.Equal(expected, TinyModel.Build(model).Shape.ContextLength);
    }

    [Theory]
    [InlineData("llama.block_count", int.MaxValue, "blk.2.attn_norm.weight")]
    [InlineData("llama.embedding_length", int.MaxValue - 3, "token_embd.weight")]
    [InlineData("llama.feed_forward_length", int.MaxValue, "blk.0.ffn_gate.weight")]
    [InlineData("llama.attention.key_length", 0x1FFFFFFE, "blk.0.attn_q.weight")]
    [InlineData("llama.attention.value_length", 0x1FFFFFFE, "blk.0.attn_v.weight")]
    public void A_count_makes_nothing_before_a_tensor_has_shown_it(string key, int count, string tensor)
    {
        var model = new TinyLlama();
        model.File.Set(key, count);
        model.File.Remove("llama.rope.dimension_count");
        long before = GC.GetAllocatedBytesForCurrentThread();

        GgufException error = Assert.Throws<GgufException>(() => TinyModel.Build(model));

        Assert.Equal($"tensor '{tensor}'", error.Place);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
    }

    [Fact]
    public void A_rotation_as_long_as_nothing_in_the_file_makes_nothing_either()
    {
        var model = new TinyLlama();
        model.File.Set("llama.attention.key_length", 0x1FFFFFFE);
        model.File.Set("llama.rope.dimension_count", 0x1FFFFFFE);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal("tensor 'blk.0.attn_q.weight'", Assert.Throws<GgufException>(() => TinyModel.Build(model)).Place);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
    }

    [Fact]
    public void Trailing_extents_of_one_do_not_count()
    {
        var model = new TinyLlama();
        foreach ((string name, (long[] dimensions, float[] values)) in model.Tensors.ToArray())
        {
            model.Tensors[name] = ([.. dimensions, 1], values);
        }

        Assert.Equal(32, TinyModel.Build(model).Shape.Vocabulary);
    }

    [Fact]
    public void Lengths_that_the_file_does_not_say_come_from_the_width()
    {
        var model = new TinyLlama();
        model.File.Remove("llama.attention.key_length");
        model.File.Remove("llama.attention.value_length");
        model.File.Remove("llama.rope.dimension_count");

        ModelShape shape = TinyModel.Build(model).Shape;

        Assert.Equal(16, shape.KeyLength);
        Assert.Equal(16, shape.ValueLength);
    }

    [Fact]
    public void Without_their_number_there_are_as_many_key_heads_as_heads()
    {
        var model = new TinyLlama(new TinyShape { KvHeads = 4 });
        model.File.Remove("llama.attention.head_count_kv");

        Assert.Equal(4, TinyModel.Build(model).Shape.KvHeads);
    }

    [Theory]
    [InlineData("blk.1.attn_q.bias", 65)]
    [InlineData("blk.1.ffn_up.scale", 2)]
    public void A_bias_or_scale_of_another_length_is_named(string name, int length)
    {
        var model = new TinyLlama(new TinyShape { Biases = true, Scales = true });
        model.Tensors[name] = ([length], new float[length]);

        GgufException error = Assert.Throws<GgufException>(() => TinyModel.Build(model));

        Assert.Equal($"tensor '{name}'", error.Place);
    }

    [Fact]
    public void More_layers_than_the_file_holds_are_missing_tensors()
    {
        var model = new TinyLlama(new TinyShape { Layers = 1 });
        model.File.Set("llama.block_count", 2u);

        GgufException error = Assert.Throws<GgufException>(() => TinyModel.Build(model));

        Assert.Equal("tensor 'blk.1.attn_norm.weight'", error.Place);
    }

    [Fact]
    public void The_vocabulary_is_as_large_as_the_embedding_whatever_the_metadata_say()
    {
        var model = new TinyLlama(new TinyShape { Vocabulary = 48 });
        model.File.Set("llama.vocab_size", 32u);

        Assert.Equal(48, TinyModel.Build(model).Shape.Vocabulary);
    }

    [Fact]
    public void The_shape_is_the_files()
    {
        IModel model = TinyModel.Build(new TinyLlama(new TinyShape { Layers = 3, KeyLength = 24, ValueLength = 20, ContextLength = 77 }));

        var expected = new ModelShape { Vocabulary = 32, ContextLength = 77, Layers = 3, KvHeads = 2, KeyLength = 24, ValueLength = 20 };
        Assert.Equal(expected, model.Shape);
    }
}
