using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Tessera.Conformance.Architectures;
using Tessera.Gguf;

namespace Tessera.Architecture.Llama.Tests;

/// <summary>A Llama model with a few thousand random weights. Its parts can be changed before it is written.</summary>
internal sealed class TinyLlama : TestModel
{
    private const int Block = 32;

    private readonly TinyShape _shape;

    public TinyLlama(TinyShape? shape = null)
    {
        _shape = shape ?? new TinyShape();
        WriteMetadata();
        AddTensors();
    }

    public TinyShape Shape => _shape;

    /// <summary>The format of the matrices: F32, or Q8_0.</summary>
    public GgmlType MatrixType { get; init; } = GgmlType.F32;

    /// <summary>Formats that single tensors claim to be in, whatever their bytes are.</summary>
    public Dictionary<string, GgmlType> Formats { get; } = [];

    /// <summary>
    /// Makes the model count: each token is followed by the one after it in this order, whatever came before it. The probability of the
    /// right one is far above all others.
    /// </summary>
    public TinyLlama CountThrough(params ReadOnlySpan<int> order)
    {
        float[] embedding = Tensors["token_embd.weight"].Values;
        float[] output = Tensors["output.weight"].Values;
        Array.Clear(embedding);
        Array.Clear(output);
        for (int token = 0; token < _shape.Vocabulary; token++)
        {
            embedding[(token * _shape.Width) + token] = 1;
        }

        for (int i = 0; i < order.Length; i++)
        {
            output[(order[(i + 1) % order.Length] * _shape.Width) + order[i]] = 3;
        }

        for (int layer = 0; layer < _shape.Layers; layer++)
        {
            Array.Clear(Tensors[$"blk.{layer}.attn_output.weight"].Values);
            Array.Clear(Tensors[$"blk.{layer}.ffn_down.weight"].Values);
        }

        return this;
    }

    protected override (GgmlType Type, byte[] Data) Encode(string name, long[] dimensions, float[] values)
    {
        GgmlType type = dimensions.Length == 2 ? MatrixType : GgmlType.F32;
        return (Formats.GetValueOrDefault(name, type), type == GgmlType.F32 ? MemoryMarshal.AsBytes<float>(values).ToArray() : EncodeQ8(values));
    }

    private void WriteMetadata()
    {
        File.Set("general.architecture", "llama");
        File.Set("llama.context_length", (uint)_shape.ContextLength);
        File.Set("llama.block_count", (uint)_shape.Layers);
        File.Set("llama.embedding_length", (uint)_shape.Width);
        File.Set("llama.feed_forward_length", (uint)_shape.FeedForward);
        File.Set("llama.attention.head_count", (uint)_shape.Heads);
        File.Set("llama.attention.head_count_kv", (uint)_shape.KvHeads);
        File.Set("llama.attention.key_length", (uint)_shape.KeyLength);
        File.Set("llama.attention.value_length", (uint)_shape.ValueLength);
        File.Set("llama.attention.layer_norm_rms_epsilon", _shape.Epsilon);
        File.Set("llama.rope.dimension_count", (uint)_shape.Rotated);
        File.Set("llama.rope.freq_base", _shape.FrequencyBase);
        if (_shape.Experts > 0)
        {
            File.Set("llama.expert_count", (uint)_shape.Experts);
            File.Set("llama.expert_used_count", (uint)_shape.ExpertsUsed);
        }
    }

    private void AddTensors()
    {
        AddMatrix("token_embd", _shape.Width, _shape.Vocabulary, bias: false);
        for (int layer = 0; layer < _shape.Layers; layer++)
        {
            AddNorm($"blk.{layer}.attn_norm.weight");
            AddMatrix($"blk.{layer}.attn_q", _shape.Width, _shape.Heads * _shape.KeyLength, _shape.Biases);
            AddMatrix($"blk.{layer}.attn_k", _shape.Width, _shape.KvHeads * _shape.KeyLength, _shape.Biases);
            AddMatrix($"blk.{layer}.attn_v", _shape.Width, _shape.KvHeads * _shape.ValueLength, _shape.Biases);
            AddMatrix($"blk.{layer}.attn_output", _shape.Heads * _shape.ValueLength, _shape.Width, _shape.Biases);
            AddNorm($"blk.{layer}.ffn_norm.weight");
            AddFeedForward(layer);
        }

        AddNorm("output_norm.weight");
        if (!_shape.Tied)
        {
            AddMatrix("output", _shape.Width, _shape.Vocabulary, _shape.Biases);
        }
    }

    private void AddFeedForward(int layer)
    {
        if (_shape.Experts > 0)
        {
            AddMatrix($"blk.{layer}.ffn_gate_inp.weight", _shape.Width, _shape.Experts);
            AddExperts($"blk.{layer}.ffn_gate_exps", _shape.Width, _shape.FeedForward);
            AddExperts($"blk.{layer}.ffn_up_exps", _shape.Width, _shape.FeedForward);
            AddExperts($"blk.{layer}.ffn_down_exps", _shape.FeedForward, _shape.Width);
            return;
        }

        AddMatrix($"blk.{layer}.ffn_gate", _shape.Width, _shape.FeedForward, _shape.Biases);
        AddMatrix($"blk.{layer}.ffn_up", _shape.Width, _shape.FeedForward, _shape.Biases);
        AddMatrix($"blk.{layer}.ffn_down", _shape.FeedForward, _shape.Width, _shape.Biases);
    }

    private void AddExperts(string name, int columns, int rows)
    {
        AddMatrix($"{name}.weight", columns, rows * _shape.Experts);
        Tensors[$"{name}.weight"] = ([columns, rows, _shape.Experts], Tensors[$"{name}.weight"].Values);
        if (_shape.Biases)
        {
            AddVector($"{name}.bias", rows * _shape.Experts);
            Tensors[$"{name}.bias"] = ([rows, _shape.Experts], Tensors[$"{name}.bias"].Values);
        }

        if (_shape.Scales)
        {
            AddVector($"{name}.scale", _shape.Experts);
        }
    }

    private void AddMatrix(string name, int columns, int rows, bool bias)
    {
        AddMatrix($"{name}.weight", columns, rows);
        if (bias)
        {
            AddVector($"{name}.bias", rows);
        }

        if (_shape.Scales && name != "token_embd")
        {
            Tensors[$"{name}.scale"] = ([1], [-0.75f]);
        }
    }

    private void AddNorm(string name) => AddNorm(name, _shape.Width);

    private static byte[] EncodeQ8(float[] values)
    {
        var bytes = new byte[values.Length / Block * (Block + 2)];
        for (int block = 0; block < values.Length / Block; block++)
        {
            ReadOnlySpan<float> x = values.AsSpan(block * Block, Block);
            Span<byte> target = bytes.AsSpan(block * (Block + 2), Block + 2);
            float scale = MathF.Max(Largest(x) / 127, 1e-6f);
            BinaryPrimitives.WriteHalfLittleEndian(target, (Half)scale);
            for (int i = 0; i < Block; i++)
            {
                target[2 + i] = (byte)(sbyte)Math.Clamp(MathF.Round(x[i] / scale), -127, 127);
            }
        }

        return bytes;
    }

    private static float Largest(ReadOnlySpan<float> x)
    {
        float largest = 0;
        foreach (float value in x)
        {
            largest = MathF.Max(largest, MathF.Abs(value));
        }

        return largest;
    }
}
