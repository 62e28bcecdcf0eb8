using Tessera.Architectures;

namespace Company_Plugin;

/// <summary>The equations: attention with rotary positions, a norm before it, and nothing else. T is the number of tokens in the batch, d the width.</summary>
internal sealed class ToyModel : IModel
{
    private readonly Embedding _embedding;
    private readonly List<ToyLayer> _layers = [];
    private readonly Norm _norm;
    private readonly Linear _output;

    public ToyModel(ToyParameters p, IModelBuilder builder)
    {
        Shape = new ModelShape(p.Vocabulary, p.Width, p.Layers, p.ContextLength);
        _embedding = builder.Embedding("token_embd", p.Vocabulary, p.Width);
        while (_layers.Count < p.Layers)
        {
            _layers.Add(new ToyLayer(p, builder, _layers.Count));
        }

        _norm = new Norm(builder.Vector("output_norm.weight", p.Width), ToyParameters.Epsilon);
        _output = builder.Linear("output", p.Width, p.Vocabulary);
    }

    public ModelShape Shape { get; }

    public Tensor Embed(IForwardPass pass) => pass.Embed(_embedding);                        // [T, d]

    public Tensor Layer(IForwardPass pass, int layer, Tensor x) => _layers[layer].Run(pass, x);

    public Tensor Hidden(IForwardPass pass, Tensor x) => pass.Norm(x, _norm);                // [wanted, d]

    public Tensor Logits(IForwardPass pass, Tensor hidden) => pass.MatMul(hidden, _output);  // [wanted, vocabulary]
}
