using Tessera.Architectures;

namespace Company_Plugin;

/// <summary>One layer: attention with rotary positions on the norm of what it is added to. T is the number of tokens in the batch, d the width.</summary>
internal sealed class ToyLayer(ToyParameters p, IModelBuilder builder, int layer)
{
    private readonly Norm _norm = new(builder.Vector($"blk.{layer}.attn_norm.weight", p.Width), ToyParameters.Epsilon);
    private readonly Linear _query = builder.Linear($"blk.{layer}.attn_q", p.Width, p.Width);
    private readonly Linear _key = builder.Linear($"blk.{layer}.attn_k", p.Width, p.Width);
    private readonly Linear _value = builder.Linear($"blk.{layer}.attn_v", p.Width, p.Width);
    private readonly Linear _output = builder.Linear($"blk.{layer}.attn_output", p.Width, p.Width);
    private readonly KeyValueState _cache = builder.Cache(p.Heads, p.HeadLength, p.HeadLength);
    private readonly AttentionRule _rule = new(Scale: 1 / MathF.Sqrt(p.HeadLength));

    public Tensor Run(IForwardPass pass, Tensor x)
    {
        Tensor h = pass.Norm(x, _norm);
        (Tensor q, Tensor k, Tensor v) = pass.MatMul(h, _query, _key, _value);               // [T, d] each
        pass.Rotate(q, p.HeadLength, p.Rotary);
        pass.Rotate(k, p.HeadLength, p.Rotary);
        Tensor heads = pass.Attend(q, k, v, _cache, _rule);                                  // [T, d]
        x = pass.Add(pass.Wanted(x), pass.MatMul(pass.Wanted(heads), _output));              // in the last layer only the rows that somebody waits for
        pass.Node("l_out", x);
        return x;
    }
}
