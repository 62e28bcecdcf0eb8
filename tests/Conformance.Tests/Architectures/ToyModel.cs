using Tessera.Architectures;
using Tessera.Gguf;

namespace Tessera.Conformance.Tests.Architectures;

internal sealed class ToyModel : IModel
{
    private readonly ArchitectureFlaw _flaw;
    private readonly int _headLength;
    private readonly Embedding _embedding;
    private readonly Linear _query, _key, _value, _output;
    private float _kept;

    public ToyModel(IModelBuilder builder, int width, int headLength, ArchitectureFlaw flaw)
    {
        _flaw = flaw;
        _headLength = headLength;
        int vocabulary = (int)builder.DimensionsOf("token_embd.weight")[1];
        _embedding = builder.Embedding("token_embd", vocabulary, width);
        _query = builder.Linear("attn_q", width, width);
        _key = builder.Linear("attn_k", width, width);
        _value = builder.Linear("attn_v", width, width);
        _output = flaw switch
        {
            ArchitectureFlaw.MakesDo when !builder.Has("output.weight") => builder.Tied(_embedding),
            ArchitectureFlaw.TakesAnyShape => builder.Linear("output", (int)builder.DimensionsOf("output.weight")[0], vocabulary),
            _ => builder.Linear("output", width, vocabulary),
        };
        Shape = new ModelShape
        {
            Vocabulary = vocabulary,
            ContextLength = builder.Metadata.GetInt32("toy.context_length"),
            Layers = 1,
            KvHeads = width / headLength,
            KeyLength = headLength,
            ValueLength = headLength,
        };
    }

    public ModelShape Shape { get; }

    public Tensor Forward(IForwardPass pass)
    {
        Tensor x = pass.Embed(_embedding);                                              // [T, d]
        switch (_flaw)
        {
            case ArchitectureFlaw.DependsOnTheBatch:
                x.Row(0)[0] += x.Rows;
                break;
            case ArchitectureFlaw.LooksAhead:
                x.Row(0)[0] += x.Row(x.Rows - 1)[0];
                break;
            case ArchitectureFlaw.KeepsState:
                (x.Row(0)[0], _kept) = (x.Row(0)[0] + _kept, x.Row(0)[0]);
                break;
        }

        pass.BeginLayer(0);
        (Tensor q, Tensor k, Tensor v) = pass.MatMul(x, _query, _key, _value);          // [T, d] each
        float scale = 1 / MathF.Sqrt(_headLength);
        x = pass.Add(x, pass.Attention(q, k, v, _flaw == ArchitectureFlaw.WrongScale ? 2 * scale : scale));
        pass.EndLayers();
        Tensor logits = pass.MatMul(_flaw == ArchitectureFlaw.IgnoresOutputs ? x : pass.Outputs(x), _output);
        if (_flaw == ArchitectureFlaw.GivesNaN)
        {
            logits.Row(0)[0] = float.NaN;
        }

        return logits;
    }
}
