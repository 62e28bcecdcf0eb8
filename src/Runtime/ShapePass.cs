using Tessera.Architectures;
using Tessera.Runtime.Memory;

namespace Tessera.Runtime;

/// <summary>
/// The operators as far as shapes go. Each holds its arguments against each other, the batch and the model's shape, whatever family they come from, and takes the memory of
/// its result. Nothing is computed here: what computes derives from it, and may rely on the shapes.
/// </summary>
/// <param name="shape">The model's shape, which its KV cache is made for.</param>
internal class ShapePass(ModelShape shape) : IForwardPass, IDisposable
{
    /// <summary>Query heads that may share a KV head; what a thread needs to attend grows with it.</summary>
    public const int MaxSharingHeads = 1024;

    private readonly TensorArena _arena = new();
    private TensorArena.Mark? _beforeLayers;

    /// <summary>Tokens of the batch.</summary>
    protected int Tokens { get; private set; }

    /// <summary>Tokens at the batch's end that need logits.</summary>
    protected int WantedOutputs { get; private set; }

    /// <summary>The current layer, or -1 outside of layers.</summary>
    protected int Layer { get; private set; }

    /// <summary>One more than the last layer that attended in any run.</summary>
    public int AttendingLayers { get; private set; }

    /// <summary>Runs a model's equations over a batch.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokens">Tokens of the batch.</param>
    /// <param name="outputs">How many tokens at the batch's end need logits.</param>
    /// <returns>Logits, [outputs, vocabulary]; valid until the next run.</returns>
    /// <exception cref="UnfitEquationsException">An operator's arguments do not fit.</exception>
    public Tensor Run(IModel model, int tokens, int outputs)
    {
        (Tokens, WantedOutputs, Layer, _beforeLayers) = (tokens, outputs, -1, null);
        _arena.ReleaseTo(default);
        Tensor logits = model.Forward(this);
        Expect(logits, nameof(IModel.Forward));
        return logits.Rows == outputs && logits.Columns == shape.Vocabulary
            ? logits
            : throw Error(nameof(IModel.Forward), $"the logits are {Of(logits)}, and [{outputs}, {shape.Vocabulary}] are wanted");
    }

    public void BeginLayer(int layer)
    {
        if (layer < 0)
        {
            throw Error(nameof(BeginLayer), $"there is no layer {layer}");
        }

        Layer = layer;
        _beforeLayers ??= _arena.Top;
        _arena.ReleaseTo(_beforeLayers.Value);
    }

    public void EndLayers() => Layer = -1;

    public Tensor Embed(Embedding table)
    {
        _ = table.Source.BlocksPerRow(table.Format.Block);
        Tensor y = Take(Tokens, table.Source.Columns);
        ComputeEmbed(table, y);
        return y;
    }

    public Tensor MatMul(Tensor x, Linear w)
    {
        Tensor y = Product(x, w);
        ComputeProducts(x);
        return y;
    }

    public (Tensor A, Tensor B) MatMul(Tensor x, Linear a, Linear b)
    {
        (Tensor, Tensor) y = (Product(x, a), Product(x, b));
        ComputeProducts(x);
        return y;
    }

    public (Tensor A, Tensor B, Tensor C) MatMul(Tensor x, Linear a, Linear b, Linear c)
    {
        (Tensor, Tensor, Tensor) y = (Product(x, a), Product(x, b), Product(x, c));
        ComputeProducts(x);
        return y;
    }

    public Tensor RmsNorm(Tensor x, float[] weight, float epsilon)
    {
        Expect(x, nameof(RmsNorm));
        if (weight.Length != x.Columns)
        {
            throw Error(nameof(RmsNorm), $"{weight.Length} weights for an input of {Of(x)}");
        }

        Tensor y = Take(x.Rows, x.Columns);
        ComputeRmsNorm(x, weight, epsilon, y);
        return y;
    }

    public void Rotate(Tensor x, int headLength, RotaryEmbedding rotary)
    {
        Expect(x, nameof(Rotate));
        int pairs = rotary.Frequencies.Length;
        if (x.Rows != Tokens || headLength < 1 || x.Columns % headLength != 0 || pairs > headLength / 2)
        {
            throw Error(nameof(Rotate), $"{pairs} pairs of heads of {headLength} values in an input of {Of(x)}, for {Tokens} tokens");
        }

        ComputeRotate(x, headLength, rotary);
    }

    public Tensor Attention(Tensor q, Tensor k, Tensor v, float scale)
    {
        Expect(q, nameof(Attention));
        Expect(k, nameof(Attention));
        Expect(v, nameof(Attention));
        if ((uint)Layer >= (uint)shape.Layers)
        {
            throw Error(nameof(Attention), $"the KV cache has {shape.Layers} layers");
        }

        (int heads, int rest) = Math.DivRem(q.Columns, shape.KeyLength);
        if (q.Rows != Tokens || k.Rows != Tokens || v.Rows != Tokens || rest != 0 || heads % shape.KvHeads != 0 || heads == 0
            || k.Columns != (long)shape.KvHeads * shape.KeyLength || v.Columns != (long)shape.KvHeads * shape.ValueLength)
        {
            throw Error(
                nameof(Attention),
                $"queries {Of(q)}, keys {Of(k)} and values {Of(v)} for {Tokens} tokens and {shape.KvHeads} KV heads with keys of {shape.KeyLength} and values of {shape.ValueLength}");
        }

        if (heads / shape.KvHeads > MaxSharingHeads)
        {
            throw Error(nameof(Attention), $"{heads / shape.KvHeads} heads share a KV head, {MaxSharingHeads} may");
        }

        AttendingLayers = Math.Max(AttendingLayers, Layer + 1);
        long columns = (long)heads * shape.ValueLength;
        Tensor y = columns <= int.MaxValue ? Take(q.Rows, (int)columns) : throw Error(nameof(Attention), $"{heads} heads with values of {shape.ValueLength} are too many");
        ComputeAttention(q, k, v, scale, y);
        return y;
    }

    public Tensor SwiGlu(Tensor gate, Tensor up)
    {
        ExpectAlike(gate, up, nameof(SwiGlu));
        ComputeSwiGlu(gate, up);
        return gate;
    }

    public Tensor Add(Tensor x, Tensor y)
    {
        ExpectAlike(x, y, nameof(Add));
        ComputeAdd(x, y);
        return x;
    }

    public unsafe Tensor Outputs(Tensor x)
    {
        Expect(x, nameof(Outputs));
        return x.Rows == Tokens || x.Rows == WantedOutputs
            ? new Tensor(x.Data + ((long)(x.Rows - WantedOutputs) * x.Columns), WantedOutputs, x.Columns, x.Generation)
            : throw Error(nameof(Outputs), $"an input of {Of(x)} for {Tokens} tokens, {WantedOutputs} of them wanted");
    }

    public virtual void Node(string name, Tensor value)
    {
    }

    public virtual void Dispose() => _arena.Dispose();

    protected virtual void ComputeEmbed(Embedding table, Tensor y)
    {
    }

    /// <summary>Adds a product to those that are computed together.</summary>
    protected virtual void AddProduct(Tensor x, Linear w, Tensor y)
    {
    }

    /// <summary>Computes the products that were added.</summary>
    protected virtual void ComputeProducts(Tensor x)
    {
    }

    protected virtual void ComputeRmsNorm(Tensor x, float[] weight, float epsilon, Tensor y)
    {
    }

    protected virtual void ComputeRotate(Tensor x, int headLength, RotaryEmbedding rotary)
    {
    }

    protected virtual void ComputeAttention(Tensor q, Tensor k, Tensor v, float scale, Tensor y)
    {
    }

    protected virtual void ComputeSwiGlu(Tensor gate, Tensor up)
    {
    }

    protected virtual void ComputeAdd(Tensor x, Tensor y)
    {
    }

    /// <summary>Expects a tensor of this pass whose memory was not given back.</summary>
    protected void Expect(Tensor x, string operation)
    {
        if (!_arena.Holds(x))
        {
            throw Error(operation, $"a tensor {Of(x)} that is not of this pass, or of a layer that has ended");
        }
    }

    /// <summary>An error of the equations.</summary>
    protected UnfitEquationsException Error(string operation, string problem) =>
        new($"The model's equations do not fit: {operation}{(Layer < 0 ? "" : $" in layer {Layer}")}: {problem}.");

    private void ExpectAlike(Tensor x, Tensor y, string operation)
    {
        Expect(x, operation);
        Expect(y, operation);
        if (x.Rows != y.Rows || x.Columns != y.Columns)
        {
            throw Error(operation, $"{Of(x)} and {Of(y)}");
        }
    }

    private Tensor Product(Tensor x, Linear w)
    {
        Expect(x, nameof(MatMul));
        if (x.Columns != w.Inputs || (w.Bias is { } bias && bias.Length != w.Outputs))
        {
            throw Error(nameof(MatMul), $"'{w.Name}' of {w.Outputs} x {w.Inputs}{(w.Bias is null ? "" : $" with a bias of {w.Bias.Length}")} for an input of {Of(x)}");
        }

        Tensor y = Take(x.Rows, w.Outputs);
        AddProduct(x, w, y);
        return y;
    }

    private Tensor Take(int rows, int columns) => _arena.Take(rows, columns);

    private static string Of(Tensor x) => $"[{x.Rows}, {x.Columns}]";
}
