namespace Tessera.Architectures;

/// <summary>What the host must know of a model to hold its state and to read its output.</summary>
public sealed record ModelShape
{
    /// <summary>Logits per position.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>Positions that the model was trained for; 0 where the file does not tell.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Layers with a KV cache.</summary>
    public required int Layers { get; init; }

    /// <summary>Key and value heads per layer.</summary>
    public required int KvHeads { get; init; }

    /// <summary>Values per key head.</summary>
    public required int KeyLength { get; init; }

    /// <summary>Values per value head.</summary>
    public required int ValueLength { get; init; }
}
