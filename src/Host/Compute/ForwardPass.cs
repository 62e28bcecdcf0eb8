using Tessera.Architectures;
using Tessera.Compute.Operations;
using Tessera.Numerics;

namespace Tessera.Compute;

/// <summary>Runs a model's equations over batches of tokens: the operators, their memory and the KV cache of one session.</summary>
internal sealed class ForwardPass : IForwardPass, IDisposable
{
    private readonly WorkerPool _pool;
    private readonly KvCache _cache;
    private readonly TensorArena _arena = new();
    private readonly RotationAngles _angles = new();
    private readonly EmbeddingLookup _embed = new();
    private readonly MatrixProduct _product = new();
    private readonly RmsNorm _rmsNorm = new();
    private readonly Rotation _rotation;
    private readonly KvAppend _append = new();
    private readonly Attention _attention;
    private readonly ElementWise<SwiGluOperator> _swiGlu = new();
    private readonly ElementWise<AddOperator> _add = new();
    private int[] _ids = [];
    private int _tokens;
    private int _outputs;
    private int _position;
    private int _layer;
    private TensorArena.Mark? _beforeLayers;

    /// <param name="pool">The threads.</param>
    /// <param name="cache">The session's cache.</param>
    /// <param name="machineCode">Runs assembled kernels, or null.</param>
    public ForwardPass(WorkerPool pool, KvCache cache, IMachineCode? machineCode)
    {
        _attention = new Attention(ProcessorFeatures.BestSimd, machineCode);
        _pool = pool;
        _cache = cache;
        _rotation = new Rotation(_angles);
    }

    /// <summary>Sees every node that the model names: name, layer (-1 outside of layers) and value.</summary>
    public Action<string, int, Tensor>? Observer { get; set; }

    /// <summary>Runs one batch.</summary>
    /// <param name="model">The model.</param>
    /// <param name="ids">The tokens.</param>
    /// <param name="position">The first token's position; all before it are in the cache.</param>
    /// <param name="outputs">How many tokens at the batch's end need logits.</param>
    /// <returns>Logits, [outputs, vocabulary]; valid until the next run.</returns>
    public Tensor Run(IModel model, ReadOnlySpan<int> ids, int position, int outputs)
    {
        if (_ids.Length < ids.Length)
        {
            _ids = new int[ids.Length];
        }

        ids.CopyTo(_ids);
        (_tokens, _position, _outputs, _layer, _beforeLayers) = (ids.Length, position, outputs, -1, null);
        _arena.ReleaseTo(default);
        _angles.Reset();
        return model.Forward(this);
    }

    public void BeginLayer(int layer)
    {
        _layer = layer;
        _beforeLayers ??= _arena.Top;
        _arena.ReleaseTo(_beforeLayers.Value);
    }

    public void EndLayers() => _layer = -1;

    public Tensor Embed(Embedding table)
    {
        Tensor y = _arena.Take(_tokens, table.Source.Columns);
        _embed.Run(_pool, table, _ids, y);
        return y;
    }

    public Tensor MatMul(Tensor x, Linear w)
    {
        Tensor y = Product(x, w);
        _product.Run(_pool, x);
        return y;
    }

    public (Tensor A, Tensor B) MatMul(Tensor x, Linear a, Linear b)
    {
        (Tensor, Tensor) y = (Product(x, a), Product(x, b));
        _product.Run(_pool, x);
        return y;
    }

    public (Tensor A, Tensor B, Tensor C) MatMul(Tensor x, Linear a, Linear b, Linear c)
    {
        (Tensor, Tensor, Tensor) y = (Product(x, a), Product(x, b), Product(x, c));
        _product.Run(_pool, x);
        return y;
    }

    public Tensor RmsNorm(Tensor x, float[] weight, float epsilon)
    {
        Tensor y = _arena.Take(x.Rows, x.Columns);
        _rmsNorm.Run(_pool, x, weight, epsilon, y);
        return y;
    }

    public void Rotate(Tensor x, int headLength, RotaryEmbedding rotary)
    {
        _angles.Prepare(_pool, rotary, _position, _tokens);
        _rotation.Run(_pool, x, headLength, rotary);
    }

    public Tensor Attention(Tensor q, Tensor k, Tensor v, float scale)
    {
        _append.Run(_pool, _cache, _layer, _position, k, v);
        Tensor y = _arena.Take(q.Rows, q.Columns / _cache.Shape.KeyLength * _cache.Shape.ValueLength);
        _attention.Run(_pool, _cache, _layer, _position, q, scale, y);
        return y;
    }

    public Tensor SwiGlu(Tensor gate, Tensor up)
    {
        _swiGlu.Run(_pool, gate, up);
        return gate;
    }

    public Tensor Add(Tensor x, Tensor y)
    {
        _add.Run(_pool, x, y);
        return x;
    }

    public unsafe Tensor Outputs(Tensor x) => new(x.Data + ((long)(x.Rows - _outputs) * x.Columns), _outputs, x.Columns);

    public void Node(string name, Tensor value) => Observer?.Invoke(name, _layer, value);

    public void Dispose()
    {
        _arena.Dispose();
        _angles.Dispose();
        _product.Dispose();
        _attention.Dispose();
    }

    private Tensor Product(Tensor x, Linear w)
    {
        Tensor y = _arena.Take(x.Rows, w.Outputs);
        _product.Add(w, y);
        return y;
    }
}
