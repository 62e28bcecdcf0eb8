using Tessera.Architectures;
using Tessera.Numerics;
using Tessera.Pipeline;
using Tessera.Quantization;

namespace Tessera.Benchmarking;

/// <summary>Runs a model's equations over shapes alone and counts the matrix products. Its tensors have no memory.</summary>
internal sealed unsafe class CostPass : IForwardPass
{
    private readonly IModel _model;
    private readonly Dictionary<IWeightMatrix, long> _fileBytes;
    private readonly long[] _multiplyAdds = new long[Enum.GetValues<ActivationEncoding>().Length];
    private long _weightBytes;
    private int _tokens;
    private int _outputs;

    public CostPass(LanguageModel model)
    {
        _model = model.Model;
        _fileBytes = model.Matrices.ToDictionary(matrix => matrix.Weights, matrix => matrix.FileBytes);
    }

    public ForwardCost Cost => new(_multiplyAdds.Sum(), _weightBytes, (ActivationEncoding)Array.IndexOf(_multiplyAdds, _multiplyAdds.Max()));

    /// <summary>Adds a batch.</summary>
    public void Count(int tokens, int outputs)
    {
        (_tokens, _outputs) = (tokens, outputs);
        _model.Forward(this);
    }

    public void BeginLayer(int layer)
    {
    }

    public void EndLayers()
    {
    }

    public Tensor Embed(Embedding table) => new(null, _tokens, table.Source.Columns);

    public Tensor MatMul(Tensor x, Linear w)
    {
        if (x.Rows > 0)
        {
            _multiplyAdds[(int)w.Weights.Activations] += (long)x.Rows * w.Inputs * w.Outputs;
            _weightBytes += _fileBytes[w.Weights];
        }

        return new Tensor(null, x.Rows, w.Outputs);
    }

    public (Tensor A, Tensor B) MatMul(Tensor x, Linear a, Linear b) => (MatMul(x, a), MatMul(x, b));

    public (Tensor A, Tensor B, Tensor C) MatMul(Tensor x, Linear a, Linear b, Linear c) => (MatMul(x, a), MatMul(x, b), MatMul(x, c));

    public Tensor RmsNorm(Tensor x, float[] weight, float epsilon) => x;

    public void Rotate(Tensor x, int headLength, RotaryEmbedding rotary)
    {
    }

    public Tensor Attention(Tensor q, Tensor k, Tensor v, float scale)
    {
        ModelShape shape = _model.Shape;
        return new Tensor(null, q.Rows, q.Columns / shape.KeyLength * shape.ValueLength);
    }

    public Tensor SwiGlu(Tensor gate, Tensor up) => gate;

    public Tensor Add(Tensor x, Tensor y) => x;

    public Tensor Outputs(Tensor x) => new(null, _outputs, x.Columns);

    public void Node(string name, Tensor value)
    {
    }
}
