using Tessera.Architectures;

namespace Tessera.Architecture.Llama;

/// <summary>One layer: attention and a feed-forward network, each on the norm of what it is added to.</summary>
internal sealed class LlamaLayer
{
    private readonly Norm _attentionNorm;
    private readonly LlamaAttention _attention;
    private readonly Norm _feedForwardNorm;
    private readonly Func<IForwardPass, Tensor, Tensor> _feedForward;

    public LlamaLayer(LlamaParameters p, IModelBuilder builder, int layer)
    {
        string block = $"blk.{layer}";
        _attentionNorm = new Norm(builder.Vector($"{block}.attn_norm.weight", p.Width), p.Epsilon);
        _attention = new LlamaAttention(p, builder, block);
        _feedForwardNorm = new Norm(builder.Vector($"{block}.ffn_norm.weight", p.Width), p.Epsilon);
        _feedForward = p.Experts > 0 ? new LlamaExperts(p, builder, block).Run : new LlamaFeedForward(p, builder, block).Run;
    }

    public Tensor Run(IForwardPass pass, Tensor x)
    {
        Tensor normal = pass.Norm(x, _attentionNorm);
        pass.Node("attn_norm", normal);
        Tensor attention = _attention.Run(pass, normal);
        x = pass.Add(pass.Wanted(x), pass.Wanted(attention));                        // [T, d]
        pass.Node("ffn_inp", x);
        normal = pass.Norm(x, _feedForwardNorm);
        pass.Node("ffn_norm", normal);
        x = pass.Add(x, _feedForward(pass, normal));
        pass.Node("l_out", x);
        return x;
    }
}
