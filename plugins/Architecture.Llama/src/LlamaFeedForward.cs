using Tessera.Architectures;

namespace Tessera.Architecture.Llama;

/// <summary>SwiGLU: <c>W_down (silu(W_gate x) * W_up x)</c> (Shazeer 2020).</summary>
internal sealed class LlamaFeedForward(LlamaParameters p, IModelBuilder builder, string block)
{
    private readonly Linear _gate = builder.Linear($"{block}.ffn_gate", p.Width, p.FeedForward, LinearScale.ProductAndBias);
    private readonly Linear _up = builder.Linear($"{block}.ffn_up", p.Width, p.FeedForward, LinearScale.ProductAndBias);
    private readonly Linear _down = builder.Linear($"{block}.ffn_down", p.FeedForward, p.Width, LinearScale.ProductAndBias);

    public Tensor Run(IForwardPass pass, Tensor x)
    {
        (Tensor gate, Tensor up) = pass.MatMul(x, _gate, _up);                       // [T, feed-forward] both
        pass.Node("ffn_gate", gate);
        pass.Node("ffn_up", up);
        Tensor y = pass.MatMul(pass.Gate(Activation.Silu, gate, up), _down);         // [T, d]
        pass.Node("ffn_out", y);
        return y;
    }
}
