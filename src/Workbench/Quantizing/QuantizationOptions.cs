using Tessera.Workbench.Importance;

namespace Tessera.Workbench.Quantizing;

/// <summary>What a model is turned into. Types are a format's name, in upper or lower case, or its number.</summary>
public sealed record QuantizationOptions
{
    /// <summary>A mix of types, such as <c>Q4_K_M</c>, or the format that all matrices get.</summary>
    public required string Type { get; init; }

    /// <summary>Whether all matrices get the mix's main type, without its rules.</summary>
    public bool Pure { get; init; }

    /// <summary>Types for single tensors, before the mix and in this order: the first that matches decides.</summary>
    public IReadOnlyList<TensorTypeRule> TensorTypes { get; init; } = [];

    /// <summary>The type of the matrix that gives the logits; null leaves it to the mix.</summary>
    public string? OutputType { get; init; }

    /// <summary>The type of the table of embeddings; null leaves it to the mix.</summary>
    public string? TokenEmbeddingType { get; init; }

    /// <summary>Whether <c>output.weight</c> stays as it is.</summary>
    public bool KeepOutput { get; init; }

    /// <summary>Whether weights that are quantized already may be quantized again, which adds the second error to the first.</summary>
    public bool AllowRequantize { get; init; }

    /// <summary>How much each column matters; null where that is not known.</summary>
    public ImportanceMatrix? Importance { get; init; }

    /// <summary>Threads to compute with; 0 takes one for each core.</summary>
    public int Threads { get; init; }
}
