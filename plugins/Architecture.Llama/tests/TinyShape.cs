namespace Tessera.Architecture.Llama.Tests;

/// <summary>The numbers of a <see cref="TinyLlama"/>.</summary>
internal sealed record TinyShape
{
    public int Layers { get; init; } = 2;

    public int Width { get; init; } = 64;

    public int FeedForward { get; init; } = 96;

    public int Heads { get; init; } = 4;

    public int KvHeads { get; init; } = 2;

    public int KeyLength { get; init; } = 16;

    public int ValueLength { get; init; } = 16;

    public int Rotated { get; init; } = 16;

    public int Vocabulary { get; init; } = 32;

    public int ContextLength { get; init; } = 2048;

    public float Epsilon { get; init; } = 1e-5f;

    public float FrequencyBase { get; init; } = 10_000;

    /// <summary>Without <c>output.weight</c>: the embedding serves for the output as well.</summary>
    public bool Tied { get; init; }

    /// <summary>Experts of each layer; 0 for a feed-forward network without.</summary>
    public int Experts { get; init; }

    /// <summary>Experts that a token goes to.</summary>
    public int ExpertsUsed { get; init; } = 2;

    /// <summary>A bias for every matrix product.</summary>
    public bool Biases { get; init; }

    /// <summary>A factor for every matrix product.</summary>
    public bool Scales { get; init; }
}
