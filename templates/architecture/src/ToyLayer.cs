using Tessera.Architectures;

namespace Company.Plugin;

/// <summary>The weights of a layer.</summary>
internal sealed class ToyLayer(ToyParameters p, IModelBuilder builder, int layer)
{
    public float[] Norm { get; } = builder.Vector($"blk.{layer}.attn_norm.weight", p.Width);

    public Linear Query { get; } = builder.Linear($"blk.{layer}.attn_q", p.Width, p.Width);

    public Linear Key { get; } = builder.Linear($"blk.{layer}.attn_k", p.Width, p.Width);

    public Linear Value { get; } = builder.Linear($"blk.{layer}.attn_v", p.Width, p.Width);

    public Linear Output { get; } = builder.Linear($"blk.{layer}.attn_output", p.Width, p.Width);
}
