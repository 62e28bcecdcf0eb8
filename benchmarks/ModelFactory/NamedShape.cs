namespace Tessera.ModelFactory;

/// <summary>The numbers of a Llama model that people know by name.</summary>
internal sealed record NamedShape(string Name, int Width, int Layers, int Heads, int KvHeads, int FeedForward, int Vocabulary)
{
    // Contexts are longer than those the originals were trained for, so that speed can be measured at depth.
    public int ContextLength { get; init; } = 32768;

    public float RopeBase { get; init; } = 10000;

    /// <summary>Whether the output is the embedding's table.</summary>
    public bool TiedOutput { get; init; }

    public int KvWidth => Width / Heads * KvHeads;

    public static IReadOnlyList<NamedShape> All { get; } =
    [
        new("tiny", Width: 256, Layers: 2, Heads: 4, KvHeads: 2, FeedForward: 512, Vocabulary: 512),
        new("tinyllama-1.1b", Width: 2048, Layers: 22, Heads: 32, KvHeads: 4, FeedForward: 5632, Vocabulary: 32000),
        new("llama-3.2-1b", Width: 2048, Layers: 16, Heads: 32, KvHeads: 8, FeedForward: 8192, Vocabulary: 128256) { RopeBase = 500000, TiedOutput = true },
        new("qwen2.5-0.5b", Width: 896, Layers: 24, Heads: 14, KvHeads: 2, FeedForward: 4864, Vocabulary: 151936) { RopeBase = 1000000, TiedOutput = true },
        new("llama-7b", Width: 4096, Layers: 32, Heads: 32, KvHeads: 32, FeedForward: 11008, Vocabulary: 32000),
    ];
}
