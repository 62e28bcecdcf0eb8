using System.Runtime.CompilerServices;
using Tessera.Architectures;
using Tessera.Runtime.Memory;
using Tessera.Runtime.State;

namespace Tessera.Runtime;

/// <summary>
/// The loop over a model's layers, and the operators as far as shapes go. Each holds its arguments against each other, the batch and what the model has
/// declared, whatever family they come from, and takes the memory of its result. Nothing is computed here: what computes derives from it, and may rely on the
/// shapes. One batch at a time.
/// </summary>
/// <param name="states">What the model has declared.</param>
internal partial class ShapePass(DeclaredStates states) : IForwardPass, IDisposable
{
    private readonly TensorTable _tensors = new();
    private readonly TensorArena _arena = new();

    /// <summary>Tokens of the batch.</summary>
    protected int Tokens { get; private set; }

    /// <summary>Tokens of the batch that somebody waits for.</summary>
    protected int WantedTokens { get; private set; }

    /// <summary>The current layer, or -1 outside of layers.</summary>
    protected int Layer { get; private set; } = -1;

    private bool IsLastLayer { get; set; }

    /// <summary>Runs a model's equations over a batch.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokens">Tokens of the batch.</param>
    /// <param name="wanted">How many of them somebody waits for.</param>
    /// <param name="wantsLogits">Whether logits are wanted, not the hidden states before them.</param>
    /// <returns>The wanted rows: [wanted, vocabulary], or [wanted, width]; valid until the next run.</returns>
    /// <exception cref="UnfitEquationsException">An operator's arguments do not fit.</exception>
    public ActivationRows Run(IModel model, int tokens, int wanted, bool wantsLogits = true)
    {
        ModelShape shape = model.Shape;
        (Tokens, WantedTokens, Layer, IsLastLayer) = (tokens, wanted, -1, shape.Layers == 0);
        _tensors.ReleaseTo(0);
        _arena.ReleaseTo(default);

        Tensor x = RunLayers(model, shape);
        Expect(x, wanted, shape.Width, "the last layer's result");
        x = model.Hidden(this, x);
        Expect(x, wanted, shape.Width, "the hidden states");
        if (wantsLogits)
        {
            x = model.Logits(this, x);
            Expect(x, wanted, shape.Vocabulary, "the logits");
        }

        return Find(x, "the result");
    }

    public virtual void Dispose() => _arena.Dispose();

    /// <summary>
    /// The memory of a layer's tensors is used again by the next one. What runs through all layers lies before it: operators that work in place leave it there,
    /// and what a layer has made elsewhere is copied there.
    /// </summary>
    private Tensor RunLayers(IModel model, ModelShape shape)
    {
        Tensor x = model.Embed(this);
        Expect(x, Tokens, shape.Width, "the embedding");
        ActivationRows stream = Find(x, "the embedding");
        if (stream.Stride != stream.Columns)
        {
            stream = CopyTo(_arena.Take(Tokens, shape.Width), stream);
        }

        TensorArena.Mark mark = _arena.Top;
        for (int layer = 0; layer < shape.Layers; layer++)
        {
            _tensors.ReleaseTo(0);
            _arena.ReleaseTo(mark);
            (Layer, IsLastLayer) = (layer, layer == shape.Layers - 1);
            x = model.Layer(this, layer, _tensors.Add(stream));
            if (!IsLastLayer)
            {
                Expect(x, Tokens, shape.Width, "the layer's result");
                stream = KeepIn(stream, Find(x, "the layer's result"));
            }
        }

        Layer = -1;
        return x;
    }

    private static unsafe ActivationRows KeepIn(ActivationRows stream, ActivationRows x) => x.Data == stream.Data ? stream : CopyTo(stream, x);

    private static ActivationRows CopyTo(ActivationRows to, ActivationRows from)
    {
        for (int row = 0; row < from.Rows; row++)
        {
            from.Row(row).CopyTo(to.Row(row));
        }

        return to;
    }

    /// <summary>The values of a tensor.</summary>
    /// <exception cref="UnfitEquationsException">It is not of this pass and layer, or its values were taken over.</exception>
    protected ActivationRows Find(Tensor x, string role) =>
        _tensors.TryFind(x, out ActivationRows values)
            ? values
            : throw Error($"{role}, {Of(x)}, is no tensor of this layer, or an operator has taken its values over");

    private Tensor Take(int rows, int columns) => _tensors.Add(_arena.Take(rows, columns));

    /// <summary>A tensor whose rows are those of another one.</summary>
    private Tensor Take(int rows, int columns, Tensor like) => _tensors.Add(_arena.Take(rows, columns), like);

    private void ExpectTokens(Tensor x, string role) => Expect(x.Rows == Tokens, $"{role}, {Of(x)}, is not of the batch's {Tokens} tokens");

    private void Expect(Tensor x, int rows, long columns, string role) =>
        Expect(x.Rows == rows && x.Columns == columns, $"{role} should be [{rows}, {columns}], it is {Of(x)}");

    private void Expect(bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] Problem problem)
    {
        if (!holds)
        {
            throw Error(problem.Words());
        }
    }

    /// <summary>An error of the equations.</summary>
    protected UnfitEquationsException Error(string problem) => new($"The model's equations do not fit{(Layer < 0 ? "" : $" in layer {Layer}")}: {problem}.");

    private static string Of(Tensor x) => $"[{x.Rows}, {x.Columns}]";
}
