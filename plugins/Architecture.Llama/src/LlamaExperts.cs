using Tessera.Architectures;

namespace Tessera.Architecture.Llama;

/// <summary>A mixture of SwiGLU experts: softmax over all, the best few, their weights normalized (Mixtral, Jiang et al. 2024).</summary>
internal sealed class LlamaExperts(LlamaParameters p, IModelBuilder builder, string block)
{
    private readonly Linear _router = builder.Linear($"{block}.ffn_gate_inp", p.Width, p.Experts);
    private readonly LinearStack _gate = builder.Stack($"{block}.ffn_gate_exps", p.Experts, p.Width, p.FeedForward, LinearScale.Product);
    private readonly LinearStack _up = builder.Stack($"{block}.ffn_up_exps", p.Experts, p.Width, p.FeedForward, LinearScale.Product);
    private readonly LinearStack _down = builder.Stack($"{block}.ffn_down_exps", p.Experts, p.FeedForward, p.Width, LinearScale.Product);
    private readonly RoutingRule _rule = new(p.ExpertsUsed) { Normalizes = true };

    public Tensor Run(IForwardPass pass, Tensor x)
    {
        Tensor scores = pass.MatMul(x, _router);                                     // [T, experts]
        pass.Node("ffn_moe_logits", scores);
        Routing routing = pass.Route(scores, _rule);
        (Tensor gate, Tensor up) = pass.MatMulExperts(x, routing, _gate, _up);       // [T * chosen, feed-forward] both
        Tensor y = pass.MatMulExperts(pass.Gate(Activation.Silu, gate, up), routing, _down);
        y = pass.Combine(y, routing);                                                // [T, d]
        pass.Node("ffn_moe_out", y);
        return y;
    }
}
