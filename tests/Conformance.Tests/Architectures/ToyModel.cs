using Tessera.Architectures;
using Tessera.Gguf;

namespace Tessera.Conformance.Tests.Architectures;

internal sealed class ToyModel : IModel
{
    private readonly ArchitectureFlaw _flaw;
    private readonly int _headLength;
    private readonly Embedding _embedding;
    private readonly Linear _query, _key, _value, _output;
    private readonly KeyValueState _cache;
    private int _calls;

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
        _cache = builder.Cache(width / headLength, headLength, headLength);
        Shape = new ModelShape(vocabulary, width, Layers: 1, builder.Metadata.GetInt32("toy.context_length"));
    }

    public ModelShape Shape { get; }

    public Tensor Embed(IForwardPass pass)
    {
        Tensor x = pass.Embed(_embedding);                                              // [T, d]
        return _flaw switch
        {
            ArchitectureFlaw.DependsOnTheBatch => pass.Scale(x, x.Rows),
            ArchitectureFlaw.TakesLongBatchesElsewhere when x.Rows > 32 => pass.Scale(pass.Scale(x, 3), 1 / 3f),
            ArchitectureFlaw.KeepsState => pass.Scale(x, ++_calls),
            _ => x,
        };
    }

    public Tensor Layer(IForwardPass pass, int layer, Tensor x)
    {
        (Tensor q, Tensor k, Tensor v) = pass.MatMul(x, _query, _key, _value);          // [T, d] each
        float scale = 1 / MathF.Sqrt(_headLength);
        var rule = new AttentionRule(_flaw == ArchitectureFlaw.WrongScale ? 2 * scale : scale) { SeesAhead = _flaw == ArchitectureFlaw.LooksAhead };
        x = pass.Add(x, pass.Attend(q, k, v, _cache, rule));
        return _flaw == ArchitectureFlaw.IgnoresOutputs ? x : pass.Wanted(x);
    }

    public Tensor Hidden(IForwardPass pass, Tensor x) => x;

    public Tensor Logits(IForwardPass pass, Tensor hidden)
    {
        Tensor logits = pass.MatMul(hidden, _output);
        return _flaw == ArchitectureFlaw.GivesNaN ? pass.Scale(logits, float.NaN) : logits;
    }
}
