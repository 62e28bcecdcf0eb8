using Tessera.Conformance.Architectures;

namespace Company_Plugin.Tests;

/// <summary>
/// The whole suite over a small model with random weights. For logits of a reference name its model and override <c>GoldenModelPath</c> and
/// <c>GoldenLogitsPath</c>.
/// </summary>
public sealed class ToyConformance() : ArchitectureConformance(new ToyArchitecture(), "toy", goldenName: null)
{
    private const int Width = 32, Vocabulary = 20, Layers = 2, Heads = 2;

    protected override TestModel CreateModel()
    {
        var model = new TestModel();
        model.File.Set("general.architecture", "toy");
        model.File.Set("toy.context_length", 128u);
        model.File.Set("toy.block_count", (uint)Layers);
        model.File.Set("toy.embedding_length", (uint)Width);
        model.File.Set("toy.attention.head_count", (uint)Heads);
        model.AddMatrix("token_embd.weight", Width, Vocabulary);
        for (int layer = 0; layer < Layers; layer++)
        {
            model.AddNorm($"blk.{layer}.attn_norm.weight", Width);
            model.AddMatrix($"blk.{layer}.attn_q.weight", Width, Width);
            model.AddMatrix($"blk.{layer}.attn_k.weight", Width, Width);
            model.AddMatrix($"blk.{layer}.attn_v.weight", Width, Width);
            model.AddMatrix($"blk.{layer}.attn_output.weight", Width, Width);
        }

        model.AddNorm("output_norm.weight", Width);
        model.AddMatrix("output.weight", Width, Vocabulary);
        return model;
    }
}
