using Tessera.Architectures;

namespace Tessera.Architecture.Llama;

/// <summary>The equations. T is the number of tokens in the batch, d the model's width.</summary>
internal sealed class LlamaModel : IModel
{
    private readonly LlamaParameters _p;
    private readonly Embedding _embedding;
    private readonly LlamaLayer[] _layers;
    private readonly RotaryEmbedding _rotary;
    private readonly float[] _outputNorm;
    private readonly Linear _output;

    public LlamaModel(LlamaParameters p, IModelBuilder builder)
    {
        _p = p;
        _embedding = builder.Embedding("token_embd", p.Vocabulary, p.Width);

        // Nothing is as large as a number of the file before a tensor has shown it: layers one after the other, the rotation after a key's matrix.
        List<LlamaLayer> layers = [new LlamaLayer(p, builder, 0)];
        _rotary = RopeScaling.Read(builder, p.Rotated, p.ContextLength);
        while (layers.Count < p.Layers)
        {
            layers.Add(new LlamaLayer(p, builder, layers.Count));
        }

        _layers = [.. layers];
        _outputNorm = builder.Vector("output_norm.weight", p.Width);
        _output = builder.Has("output.weight") ? builder.Linear("output", p.Width, p.Vocabulary) : builder.Tied(_embedding);
        Shape = new ModelShape
        {
            Vocabulary = p.Vocabulary,
            ContextLength = p.ContextLength,
            Layers = p.Layers,
            KvHeads = p.KvHeads,
            KeyLength = p.KeyLength,
            ValueLength = p.ValueLength,
        };
    }

    public ModelShape Shape { get; }

    public Tensor Forward(IForwardPass pass)
    {
        Tensor x = pass.Embed(_embedding);                                                  // [T, d]
        pass.Node("inp_embd", x);
        for (int i = 0; i < _layers.Length; i++)
        {
            pass.BeginLayer(i);
            LlamaLayer layer = _layers[i];

            Tensor attention = Attention(pass, layer, pass.RmsNorm(x, layer.AttentionNorm, _p.Epsilon));
            if (i == _layers.Length - 1)
            {
                // What follows looks at each token on its own, so only the wanted ones go on.
                (x, attention) = (pass.Outputs(x), pass.Outputs(attention));
            }

            x = pass.Add(x, attention);                                                     // [T, d]
            pass.Node("ffn_inp", x);
            x = pass.Add(x, FeedForward(pass, layer, pass.RmsNorm(x, layer.FeedForwardNorm, _p.Epsilon)));
            pass.Node("l_out", x);
        }

        pass.EndLayers();
        x = pass.RmsNorm(x, _outputNorm, _p.Epsilon);
        pass.Node("result_norm", x);
        Tensor logits = pass.MatMul(x, _output);                                            // [outputs, vocabulary]
        pass.Node("result_output", logits);
        return logits;
    }

    private Tensor Attention(IForwardPass pass, LlamaLayer layer, Tensor x)
    {
        pass.Node("attn_norm", x);
        (Tensor q, Tensor k, Tensor v) = pass.MatMul(x, layer.Query, layer.Key, layer.Value);   // [T, heads * key], [T, KV heads * key], [T, KV heads * value]
        pass.Node("Qcur", q);
        pass.Node("Kcur", k);
        pass.Node("Vcur", v);
        pass.Rotate(q, _p.KeyLength, _rotary);
        pass.Rotate(k, _p.KeyLength, _rotary);
        pass.Node("Qcur", q);
        pass.Node("Kcur", k);
        Tensor heads = pass.Attention(q, k, v, 1 / MathF.Sqrt(_p.KeyLength));                // [T, heads * value]
        pass.Node("kqv_out", heads);
        Tensor y = pass.MatMul(heads, layer.AttentionOutput);                                // [T, d]
        pass.Node("attn_out", y);
        return y;
    }

    private static Tensor FeedForward(IForwardPass pass, LlamaLayer layer, Tensor x)
    {
        pass.Node("ffn_norm", x);
        (Tensor gate, Tensor up) = pass.MatMul(x, layer.Gate, layer.Up);                     // [T, feed-forward] both
        pass.Node("ffn_gate", gate);
        pass.Node("ffn_up", up);
        Tensor y = pass.MatMul(pass.SwiGlu(gate, up), layer.Down);                           // [T, d]
        pass.Node("ffn_out", y);
        return y;
    }
}
