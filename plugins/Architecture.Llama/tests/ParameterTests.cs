using Tessera.Gguf;

namespace Tessera.Architecture.Llama.Tests;

/// <summary>Parameters as files have them: of any width, an array with one for each layer, and as large as nobody's model.</summary>
public class ParameterTests
{
    private static readonly int[] Ids = [3, 1, 4, 1, 5];

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
        Assert.Equal(2, TinyModel.Shape(equal).Layers);

        foreach (int[] numbers in (int[][])[[value, value * 2], [value], [value, value, value], []])
        {
            var model = new TinyLlama();
            model.File.SetArray(key, numbers);

            Assert.Equal($"key '{key}'", Assert.Throws<GgufException>(() => TinyModel.Shape(model)).Place);
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

        Assert.Equal(TinyModel.Logits(new TinyLlama(), Ids), TinyModel.Logits(model, Ids));
    }

    [Theory]
    [InlineData(0UL, 0)]
    [InlineData(uint.MaxValue, int.MaxValue)]
    [InlineData((ulong)long.MaxValue, int.MaxValue)]
    public void A_context_of_any_length_is_taken(ulong stored, int expected)
    {
        var model = new TinyLlama();
        model.File.Set("llama.context_length", stored);

        Assert.Equal(expected, TinyModel.Shape(model).ContextLength);
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

        long bytes = TinyModel.BytesToBuild(model, out Exception? error);

        Assert.Equal($"tensor '{tensor}'", Assert.IsType<GgufException>(error).Place);
        Assert.InRange(bytes, 1, 16 << 20);
    }

    [Fact]
    public void A_rotation_as_long_as_nothing_in_the_file_makes_nothing_either()
    {
        var model = new TinyLlama();
        model.File.Set("llama.attention.key_length", 0x1FFFFFFE);
        model.File.Set("llama.rope.dimension_count", 0x1FFFFFFE);

        long bytes = TinyModel.BytesToBuild(model, out Exception? error);

        Assert.Equal("tensor 'blk.0.attn_q.weight'", Assert.IsType<GgufException>(error).Place);
        Assert.InRange(bytes, 1, 16 << 20);
    }

    [Fact]
    public void Trailing_extents_of_one_do_not_count()
    {
        var model = new TinyLlama();
        foreach ((string name, (long[] dimensions, float[] values)) in model.Tensors.ToArray())
        {
            model.Tensors[name] = ([.. dimensions, 1], values);
        }

        Assert.Equal(32, TinyModel.Shape(model).Vocabulary);
    }
}
