using Tessera.Architectures;

namespace Tessera.Architecture.Llama;

/// <summary>The weights of one layer.</summary>
internal sealed class LlamaLayer(LlamaParameters p, IModelBuilder builder, int layer)
{
    public float[] AttentionNorm { get; } = builder.Vector($"blk.{layer}.attn_norm.weight", p.Width);

    public Linear Query { get; } = builder.Linear($"blk.{layer}.attn_q", p.Width, p.Heads * p.KeyLength);

    public Linear Key { get; } = builder.Linear($"blk.{layer}.attn_k", p.Width, p.KvHeads * p.KeyLength);

    public Linear Value { get; } = builder.Linear($"blk.{layer}.attn_v", p.Width, p.KvHeads * p.ValueLength);

    public Linear AttentionOutput { get; } = builder.Linear($"blk.{layer}.attn_output", p.Heads * p.ValueLength, p.Width);

    public float[] FeedForwardNorm { get; } = builder.Vector($"blk.{layer}.ffn_norm.weight", p.Width);

    public Linear Gate { get; } = builder.Linear($"blk.{layer}.ffn_gate", p.Width, p.FeedForward).WithScaledBias();

    public Linear Up { get; } = builder.Linear($"blk.{layer}.ffn_up", p.Width, p.FeedForward).WithScaledBias();

    public Linear Down { get; } = builder.Linear($"blk.{layer}.ffn_down", p.FeedForward, p.Width).WithScaledBias();
}
