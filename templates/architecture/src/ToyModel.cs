using Tessera.Architectures;

namespace Company.Plugin;

/// <summary>The equations: attention with rotary positions, a norm before it, and nothing else. T is the number of tokens in the batch, d the width.</summary>
internal sealed class ToyModel : IModel
{
    private readonly ToyParameters _p;
    private readonly Embedding _embedding;
    private readonly ToyLayer[] _layers;
    private readonly float[] _outputNorm;
    private readonly Linear _output;

    public ToyModel(ToyParameters p, IModelBuilder builder)
    {
        _p = p;
        _embedding = builder.Embedding("token_embd", p.Vocabulary, p.Width);
        _layers = [.. Enumerable.Range(0, p.Layers).Select(layer => new ToyLayer(p, builder, layer))];
        _outputNorm = builder.Vector("output_norm.weight", p.Width);
        _output = builder.Linear("output", p.Width, p.Vocabulary);
        Shape = new ModelShape
        {
            Vocabulary = p.Vocabulary,
            ContextLength = p.ContextLength,
            Layers = p.Layers,
            KvHeads = p.Heads,
            KeyLength = p.HeadLength,
            ValueLength = p.HeadLength,
        };
    }

    public ModelShape Shape { get; }

    public Tensor Forward(IForwardPass pass)
    {
        Tensor x = pass.Embed(_embedding);                                                  // [T, d]
        for (int i = 0; i < _layers.Length; i++)
        {
            pass.BeginLayer(i);
            ToyLayer layer = _layers[i];
            Tensor h = pass.RmsNorm(x, layer.Norm, ToyParameters.Epsilon);
            (Tensor q, Tensor k, Tensor v) = pass.MatMul(h, layer.Query, layer.Key, layer.Value);    // [T, d] each
            pass.Rotate(q, _p.HeadLength, _p.Rotary);
            pass.Rotate(k, _p.HeadLength, _p.Rotary);
            Tensor heads = pass.Attention(q, k, v, 1 / MathF.Sqrt(_p.HeadLength));           // [T, d]
            x = pass.Add(x, pass.MatMul(heads, layer.Output));
            pass.Node("l_out", x);
        }

        pass.EndLayers();
        x = pass.RmsNorm(pass.Outputs(x), _outputNorm, ToyParameters.Epsilon);               // [outputs, d]
        return pass.MatMul(x, _output);                                                      // [outputs, vocabulary]
    }
}
