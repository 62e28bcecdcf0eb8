using Tessera.Architectures;
using Tessera.Conformance.Architectures;

namespace Tessera.Conformance.Tests.Architectures;

/// <summary>The suite for the toy architecture.</summary>
internal sealed class ToySuite(IArchitecture architecture) : ArchitectureConformance(architecture, "toy", "toy")
{
    public const int Width = 24;
    public const int Heads = 2;
    private const int Vocabulary = 12;

    protected override string GoldenModelPath => Path.Combine(ToyGoldenLogits.Folder, "toy.gguf");

    protected override string GoldenLogitsPath => Path.Combine(ToyGoldenLogits.Folder, "toy.logits.f32");

    protected override int[] GoldenIds => ToyGoldenLogits.Ids;

    public static TestModel NewModel()
    {
        var model = new TestModel();
        model.File.Set("general.architecture", "toy");
        model.File.Set("toy.context_length", 64u);
        model.File.Set("toy.embedding_length", (uint)Width);
        model.File.Set("toy.attention.head_count", (uint)Heads);
        model.AddMatrix("token_embd.weight", Width, Vocabulary);
        model.AddMatrix("attn_q.weight", Width, Width);
        model.AddMatrix("attn_k.weight", Width, Width);
        model.AddMatrix("attn_v.weight", Width, Width);
        model.AddMatrix("output.weight", Width, Vocabulary);
        return model;
    }

    protected override TestModel CreateModel() => NewModel();
}
