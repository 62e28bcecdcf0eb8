using Tessera.Architectures;
using Tessera.Gguf;

namespace Company_Plugin;

/// <summary>The numbers that a file gives for the equations.</summary>
internal sealed record ToyParameters(int Vocabulary, int ContextLength, int Layers, int Width, int Heads, RotaryEmbedding Rotary)
{
    public const float Epsilon = 1e-5f;

    public int HeadLength => Width / Heads;

    public static ToyParameters Read(IModelBuilder builder)
    {
        int width = Positive(builder, "toy.embedding_length");
        int heads = Positive(builder, "toy.attention.head_count");
        if (width % (2 * heads) != 0)
        {
            throw Error(builder, "toy.attention.head_count", $"{heads} heads do not share {width} values evenly, in pairs");
        }

        // Only the table itself tells how many tokens there are.
        int vocabulary = checked((int)builder.DimensionsOf("token_embd.weight")[^1]);
        int pairs = width / heads / 2;
        float[] frequencies = [.. Enumerable.Range(0, pairs).Select(i => MathF.Pow(10_000, -(float)i / pairs))];
        return new ToyParameters(
            vocabulary,
            Positive(builder, "toy.context_length"),
            Positive(builder, "toy.block_count"),
            width,
            heads,
            new RotaryEmbedding(frequencies, RotaryPairing.Adjacent));
    }

    private static int Positive(IModelBuilder builder, string key)
    {
        int value = builder.Metadata.GetInt32(key);
        return value > 0 ? value : throw Error(builder, key, $"{value} is not positive");
    }

    private static GgufException Error(IModelBuilder builder, string key, string problem) =>
        new(builder.Metadata.Source, $"key '{key}'", builder.Metadata.TryGetValue(key, out GgufValue? value) ? value.Offset : -1, problem);
}
