using Tessera.Architectures;
using Tessera.Numerics;
using Tessera.Runtime.Attention;
using Tessera.Runtime.Matrices;
using Tessera.Runtime.Operators;
using Tessera.Runtime.Processor;
using Tessera.Runtime.State;
using Tessera.Runtime.Threads;

namespace Tessera.Runtime;

/// <summary>Runs a model's equations over batches of tokens: the operators and the KV cache of one session.</summary>
internal sealed class ForwardPass : ShapePass
{
    private readonly WorkerPool _pool;
    private readonly KvCache _cache;
    private readonly RotationAngles _angles = new();
    private readonly EmbeddingLookup _embed = new();
    private readonly MatrixProduct _product = new();
    private readonly RmsNorm _rmsNorm = new();
    private readonly Rotation _rotation;
    private readonly KvAppend _append = new();
    private readonly AttentionOperator _attention;
    private readonly ElementWise<SwiGluOperator> _swiGlu = new();
    private readonly ElementWise<AddOperator> _add = new();
    private int[] _ids = [];
    private int _position;

    /// <param name="pool">The threads.</param>
    /// <param name="cache">The session's cache.</param>
    /// <param name="machineCode">Runs assembled kernels, or null.</param>
    public ForwardPass(WorkerPool pool, KvCache cache, IMachineCode? machineCode)
        : base(cache.Shape)
    {
        _attention = new AttentionOperator(ProcessorFeatures.BestSimd, machineCode);
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
    /// <exception cref="UnfitEquationsException">An operator's arguments do not fit.</exception>
    public Tensor Run(IModel model, ReadOnlySpan<int> ids, int position, int outputs)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ids.Length, _cache.Capacity - position);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)outputs, (uint)ids.Length);
        if (_ids.Length < ids.Length)
        {
            _ids = new int[ids.Length];
        }

        ids.CopyTo(_ids);
        _position = position;
        _angles.Reset();
        return Run(model, ids.Length, outputs);
    }

    public override void Node(string name, Tensor value)
    {
        if (Observer is not null)
        {
            Expect(value, $"the node '{name}'");
            Observer(name, Layer, value);
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _angles.Dispose();
        _product.Dispose();
        _attention.Dispose();
    }

    protected override void ComputeEmbed(Embedding table, Tensor y)
    {
        foreach (int id in _ids.AsSpan(0, Tokens))
        {
            if ((uint)id >= (uint)table.Source.Rows)
            {
                throw Error(nameof(Embed), $"the table '{table.Source.Name}' has {table.Source.Rows} rows, and none for the token {id}");
            }
        }

        _embed.Run(_pool, table, _ids, y);
    }

    protected override void AddProduct(Tensor x, Linear w, Tensor y) => _product.Add(w, y);

    protected override void ComputeProducts(Tensor x) => _product.Run(_pool, x);

    protected override void ComputeRmsNorm(Tensor x, float[] weight, float epsilon, Tensor y) => _rmsNorm.Run(_pool, x, weight, epsilon, y);

    protected override void ComputeRotate(Tensor x, int headLength, RotaryEmbedding rotary)
    {
        _angles.Prepare(_pool, rotary, _position, Tokens);
        _rotation.Run(_pool, x, headLength, rotary);
    }

    protected override void ComputeAttention(Tensor q, Tensor k, Tensor v, float scale, Tensor y)
    {
        _append.Run(_pool, _cache, Layer, _position, k, v);
        _attention.Run(_pool, _cache, Layer, _position, q, scale, y);
    }

    protected override void ComputeSwiGlu(Tensor gate, Tensor up) => _swiGlu.Run(_pool, gate, up);

    protected override void ComputeAdd(Tensor x, Tensor y) => _add.Run(_pool, x, y);
}
