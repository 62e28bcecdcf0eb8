using Tessera.Architectures;

namespace Tessera.Kernels.Benchmarks;

/// <summary>A model of a single attention over random queries, keys and values.</summary>
internal sealed class LayerOfAttention(ModelShape shape, int heads) : IModel, IDisposable
{
    private readonly RandomTensor _queries = new();
    private readonly RandomTensor _keys = new();
    private readonly RandomTensor _values = new();

    public ModelShape Shape => shape;

    /// <summary>Makes the inputs of a batch.</summary>
    public void Prepare(int tokens)
    {
        _queries.Fill(tokens, heads * shape.KeyLength);
        _keys.Fill(tokens, shape.KvHeads * shape.KeyLength);
        _values.Fill(tokens, shape.KvHeads * shape.ValueLength);
    }

    public void Dispose()
    {
        _queries.Dispose();
        _keys.Dispose();
        _values.Dispose();
    }

    public Tensor Forward(IForwardPass pass)
    {
        pass.BeginLayer(0);
        return pass.Attention(_queries.Tensor, _keys.Tensor, _values.Tensor, 0.125f);
    }
}
