using Tessera.Architectures;
using Tessera.Numerics;
using Tessera.Runtime.Attention;
using Tessera.Runtime.Batches;
using Tessera.Runtime.Experts;
using Tessera.Runtime.Matrices;
using Tessera.Runtime.Memory;
using Tessera.Runtime.Operators;
using Tessera.Runtime.Operators.Activations;
using Tessera.Runtime.Processor;
using Tessera.Runtime.State;
using Tessera.Runtime.Threads;

namespace Tessera.Runtime;

/// <summary>Runs a model's equations over batches of tokens of many sequences.</summary>
internal sealed class ForwardPass : ShapePass
{
    private readonly WorkerPool _pool;
    private readonly BatchRows _batch = new();
    private readonly EmbeddingLookup _lookup = new();
    private readonly ActivationEncoder _encoder = new();
    private readonly MatrixProduct _product = new();
    private readonly List<PendingProduct> _pending = [];
    private readonly ExpertChoice _choice = new();
    private readonly ExpertSum _expertSum = new();
    private readonly Normalization _normalization = new();
    private readonly Rotation _rotation = new();
    private readonly CacheAppend _append = new();
    private readonly AttentionOperator _attention;
    private readonly ActivationOperations _activations = new();
    private readonly ElementWise<AddOperator> _add = new();
    private readonly ElementWise<MultiplyOperator> _multiply = new();
    private readonly GroupScaling _groupScaling = new();
    private readonly ColumnScaling _columnScaling = new();
    private readonly ValueMap<Factor> _scaling = new();
    private readonly ValueMap<Shift> _shift = new();
    private readonly ValueMap<Clamping> _clamping = new();
    private readonly ValueMap<Xielu> _xielu = new();
    private readonly ColumnCopy _columnCopy = new();
    private readonly RowGather _gather = new();

    /// <param name="states">What the model has declared.</param>
    /// <param name="pool">The threads.</param>
    /// <param name="machineCode">Runs assembled kernels, or null.</param>
    public ForwardPass(DeclaredStates states, WorkerPool pool, IMachineCode? machineCode)
        : base(states)
    {
        _pool = pool;
        _attention = new AttentionOperator(ProcessorFeatures.BestSimd, machineCode);
    }

    /// <summary>Sees every node that the model names: name, layer (-1 outside of layers) and values.</summary>
    public Action<string, int, ActivationRows>? Observer { get; set; }

    protected override int? WantedRun => _batch.WantedTogether ? _batch.WantedCount == 0 ? 0 : _batch.Wanted[0] : null;

    /// <summary>Runs one batch. What the sequences remember grows by its tokens once all layers have run.</summary>
    /// <param name="model">The model.</param>
    /// <param name="parts">The tokens.</param>
    /// <param name="wantsLogits">Whether logits are wanted, not the hidden states before them.</param>
    /// <returns>The wanted rows, part by part: [wanted, vocabulary], or [wanted, width]; valid until the next run.</returns>
    /// <exception cref="TesseraException">The memory for the tokens is not there.</exception>
    /// <exception cref="UnfitEquationsException">An operator's arguments do not fit.</exception>
    public ActivationRows Run(IModel model, ReadOnlySpan<BatchPart> parts, bool wantsLogits = true)
    {
        _batch.Fill(parts);
        foreach (BatchPart part in parts)
        {
            part.Sequence.Reserve(part.Ids.Length);
        }

        _rotation.Reset();
        ActivationRows result = Run(model, _batch.Count, _batch.WantedCount, wantsLogits);
        foreach (BatchPart part in parts)
        {
            part.Sequence.Append(part.Ids.Span);
        }

        return result;
    }

    public override void Node(string name, Tensor value) => Observer?.Invoke(name, Layer, Find(value, name));

    public override void Dispose()
    {
        base.Dispose();
        _encoder.Dispose();
        _rotation.Dispose();
        _attention.Dispose();
    }

    protected override void ComputeEmbed(Embedding table, ActivationRows y) => _lookup.Run(_pool, (EmbeddingTable)table, _batch.Ids, y);

    protected override void ComputeEmbedPositions(Embedding table, ActivationRows y) => _lookup.Run(_pool, (EmbeddingTable)table, _batch.Positions, y);

    protected override void ComputeWanted(ActivationRows x, ActivationRows y) => _gather.Run(_pool, x, _batch.Wanted, y);

    protected override void ComputeNorm(ActivationRows x, Norm norm, int groupLength, ActivationRows y) => _normalization.Run(_pool, x, norm, groupLength, y);

    protected override void ComputeRotate(ActivationRows x, int headLength, RotaryEmbedding rotary) => _rotation.Run(_pool, _batch, x, headLength, rotary);

    protected override void ComputeRemember(ActivationRows k, ActivationRows v, CacheState cache) => _append.Run(_pool, _batch, cache, k, v);

    protected override void ComputeAttend(ActivationRows q, CacheState cache, AttentionRule rule, ActivationRows y) =>
        _attention.Run(_pool, _batch, cache, rule, q, y);

    protected override void ComputeGate(Activation f, ActivationRows gate, ActivationRows up) => _activations.Gate(f).Run(_pool, gate, up);

    protected override void ComputeApply(Activation f, ActivationRows x) => _activations.Map(f).Run(_pool, x);

    protected override void ComputeAdd(ActivationRows x, ActivationRows y) => _add.Run(_pool, x, y);

    protected override void ComputeMultiply(ActivationRows x, ActivationRows y)
    {
        if (x.Columns == y.Columns)
        {
            _multiply.Run(_pool, x, y);
        }
        else
        {
            _groupScaling.Run(_pool, x, y);
        }
    }

    protected override void ComputeMultiply(ActivationRows x, Vector w) => _columnScaling.Run(_pool, x, ((WeightVector)w).Values);

    protected override void ComputeScale(ActivationRows x, float factor) => _scaling.Run(_pool, x, new Factor(factor));

    protected override void ComputeShift(ActivationRows x, float addend) => _shift.Run(_pool, x, new Shift(addend));

    protected override void ComputeClamp(ActivationRows x, float least, float largest) => _clamping.Run(_pool, x, new Clamping(least, largest));

    protected override void ComputeXielu(ActivationRows x, float alphaP, float alphaN, float beta, float epsilon) =>
        _xielu.Run(_pool, x, new Xielu(alphaP, alphaN, beta, epsilon));

    protected override void ComputeCopy(ActivationRows from, int fromFirst, int fromLength, ActivationRows to, int toFirst, int toLength, int count) =>
        _columnCopy.Run(_pool, from, fromFirst, fromLength, to, toFirst, toLength, count);

    protected override void BeginProducts() => _pending.Clear();

    protected override void AddProduct(Linear w, ActivationRows y)
    {
        var linear = (MatrixLinear)w;
        _pending.Add(new PendingProduct(linear.Weights, 0, y.Rows, y, linear.Bias, linear.Scale));
    }

    protected override void AddProducts(LinearStack w, ExpertRouting routing, bool shared, ActivationRows y)
    {
        var stack = (MatrixStack)w;
        for (int expert = 0; expert < routing.Experts; expert++)
        {
            int first = routing.FirstRowOf(expert);
            int count = routing.FirstRowOf(expert + 1) - first;
            if (count > 0)
            {
                ReadOnlyMemory<float> bias = stack.Bias is null ? default : stack.Bias.AsMemory(expert * stack.Outputs, stack.Outputs);
                _pending.Add(new PendingProduct(stack.Weights[expert], shared ? 0 : first, count, y.SliceRows(first, count), bias, stack.Scales?[expert] ?? 1));
            }
        }
    }

    /// <summary>The input is encoded once, in all that any of the matrices reads.</summary>
    protected override void ComputeProducts(ActivationRows x)
    {
        if (x.Rows == 0)
        {
            return;
        }

        ActivationParts parts = ActivationParts.None;
        foreach (PendingProduct product in _pending)
        {
            parts |= product.Matrix.Reads;
        }

        ActivationBatch input = _encoder.Encode(_pool, x, parts);
        _product.Clear();
        foreach (PendingProduct product in _pending)
        {
            ActivationBatch rows = product.FirstRow == 0 && product.Rows == x.Rows ? input : input.Slice(product.FirstRow, product.Rows);
            _product.Add(product.Matrix, rows, product.Y, product.Bias, product.Scale);
        }

        _product.Run(_pool);
    }

    protected override ExpertRouting ComputeRoute(ActivationRows scores, RoutingRule rule)
    {
        var routing = new ExpertRouting(scores.Columns, scores.Rows * rule.Chosen) { Tokens = scores.Rows, Chosen = rule.Chosen };
        _choice.Run(_pool, scores, rule, routing);
        return routing;
    }

    protected override void ComputeGather(ActivationRows x, ExpertRouting routing, ActivationRows y) => _gather.Run(_pool, x, routing.TokensOfRows, y);

    protected override void ComputeCombine(ActivationRows x, ExpertRouting routing, ActivationRows y) => _expertSum.Run(_pool, x, routing, y);

    /// <summary>A product of some rows of the input that is encoded when all are known.</summary>
    private readonly record struct PendingProduct(BoundMatrix Matrix, int FirstRow, int Rows, ActivationRows Y, ReadOnlyMemory<float> Bias, float Scale);
}
