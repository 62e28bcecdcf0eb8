using System.Runtime.InteropServices;
using Tessera.Gguf;

namespace Tessera.ModelFactory;

/// <summary>A Llama model of a named shape with random weights in the formats of a mixture.</summary>
internal sealed class RandomModel
{
    private readonly GgufWriter _writer = new();
    private readonly NamedShape _shape;
    private readonly Mixture _mixture;
    private ulong _seed;
    private int _matrices;

    private RandomModel(NamedShape shape, Mixture mixture, ulong seed)
    {
        _shape = shape;
        _mixture = mixture;
        _seed = seed;
    }

    /// <summary>Makes the model; its weights are made when it is written.</summary>
    public static GgufWriter Create(NamedShape shape, Mixture mixture, ulong seed)
    {
        var model = new RandomModel(shape, mixture, seed);
        model.AddMetadata();
        model.AddTensors();
        return model._writer;
    }

    private void AddMetadata()
    {
        _writer.Set("general.architecture", "llama");
        _writer.Set("general.name", $"{_shape.Name} with random weights");
        _writer.Set("general.file_type", _mixture.FileType);
        _writer.Set("general.quantization_version", 2u);
        _writer.Set("llama.vocab_size", (uint)_shape.Vocabulary);
        _writer.Set("llama.context_length", (uint)_shape.ContextLength);
        _writer.Set("llama.embedding_length", (uint)_shape.Width);
        _writer.Set("llama.block_count", (uint)_shape.Layers);
        _writer.Set("llama.feed_forward_length", (uint)_shape.FeedForward);
        _writer.Set("llama.attention.head_count", (uint)_shape.Heads);
        _writer.Set("llama.attention.head_count_kv", (uint)_shape.KvHeads);
        _writer.Set("llama.rope.dimension_count", (uint)(_shape.Width / _shape.Heads));
        _writer.Set("llama.rope.freq_base", _shape.RopeBase);
        _writer.Set("llama.attention.layer_norm_rms_epsilon", 1e-5f);
        SyntheticVocabulary.AddTo(_writer, _shape.Vocabulary);
    }

    private void AddTensors()
    {
        AddMatrix("token_embd", _mixture.Embedding(_shape.TiedOutput), _shape.Width, _shape.Vocabulary);
        for (int layer = 0; layer < _shape.Layers; layer++)
        {
            GgmlType most = _mixture.Most;
            GgmlType valueOrDown = _mixture.ValueOrDown(layer, _shape.Layers);
            AddNorm($"blk.{layer}.attn_norm");
            AddMatrix($"blk.{layer}.attn_q", most, _shape.Width, _shape.Width);
            AddMatrix($"blk.{layer}.attn_k", most, _shape.Width, _shape.KvWidth);
            AddMatrix($"blk.{layer}.attn_v", valueOrDown, _shape.Width, _shape.KvWidth);
            AddMatrix($"blk.{layer}.attn_output", most, _shape.Width, _shape.Width);
            AddNorm($"blk.{layer}.ffn_norm");
            AddMatrix($"blk.{layer}.ffn_gate", most, _shape.Width, _shape.FeedForward);
            AddMatrix($"blk.{layer}.ffn_up", most, _shape.Width, _shape.FeedForward);
            AddMatrix($"blk.{layer}.ffn_down", valueOrDown, _shape.FeedForward, _shape.Width);
        }

        AddNorm("output_norm");
        if (!_shape.TiedOutput)
        {
            AddMatrix("output", _mixture.Sensitive, _shape.Width, _shape.Vocabulary);
        }
    }

    /// <summary>Rows that are not whole blocks become Q8_0, where the quantizer would take an older format.</summary>
    private void AddMatrix(string name, GgmlType type, int columns, int rows)
    {
        if (_mixture.InTurn is { Count: > 0 } formats)
        {
            type = formats[_matrices++ % formats.Count];
        }

        if (columns % RandomBlocks.For(type).Elements != 0)
        {
            type = GgmlType.Q8_0;
        }

        RandomBlocks blocks = RandomBlocks.For(type);
        long elements = (long)columns * rows;
        ulong seed = _seed++ << 40;
        _writer.AddTensor($"{name}.weight", type, [columns, rows], blocks.Length(elements), stream => blocks.Write(stream, elements, seed));
    }

    private void AddNorm(string name)
    {
        byte[] ones = new byte[_shape.Width * sizeof(float)];
        MemoryMarshal.Cast<byte, float>(ones.AsSpan()).Fill(1);
        _writer.AddTensor($"{name}.weight", GgmlType.F32, [_shape.Width], ones);
    }
}
