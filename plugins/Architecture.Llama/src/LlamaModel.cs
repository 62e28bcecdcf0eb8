using Tessera.Architectures;

namespace Tessera.Architecture.Llama;

/// <summary>The equations. T is the number of tokens in the batch, d the model's width.</summary>
internal sealed class LlamaModel : IModel
{
    private readonly Embedding _embedding;
    private readonly LlamaLayer[] _layers;
    private readonly Norm _norm;
    private readonly Linear _output;

    public LlamaModel(LlamaParameters p, IModelBuilder builder)
    {
        Shape = new ModelShape(p.Vocabulary, p.Width, p.Layers, p.ContextLength);
        _embedding = builder.Embedding("token_embd", p.Vocabulary, p.Width);

        // One after the other: nothing is as large as a number of the file before a tensor has shown it.
        var layers = new List<LlamaLayer>();
        while (layers.Count < p.Layers)
        {
            layers.Add(new LlamaLayer(p, builder, layers.Count));
        }

        _layers = [.. layers];
        _norm = new Norm(builder.Vector("output_norm.weight", p.Width), p.Epsilon);
        _output = builder.Has("output.weight") ? builder.Linear("output", p.Width, p.Vocabulary, LinearScale.Product) : builder.Tied(_embedding);
    }

    public ModelShape Shape { get; }

    public Tensor Embed(IForwardPass pass)
    {
        Tensor x = pass.Embed(_embedding);                                           // [T, d]
        pass.Node("inp_embd", x);
        return x;
    }

    public Tensor Layer(IForwardPass pass, int layer, Tensor x) => _layers[layer].Run(pass, x);

    public Tensor Hidden(IForwardPass pass, Tensor x)
    {
        x = pass.Norm(x, _norm);
        pass.Node("result_norm", x);
        return x;
    }

    public Tensor Logits(IForwardPass pass, Tensor hidden)
    {
        Tensor logits = pass.MatMul(hidden, _output);                                // [wanted, vocabulary]
        pass.Node("result_output", logits);
        return logits;
    }
}
