using Tessera.Gguf;

namespace Tessera.Workbench.Quantizing.Mixes;

/// <summary>What rules want to know of a model.</summary>
internal sealed record ModelTraits
{
    public required string Architecture { get; init; }

    /// <summary>Layers.</summary>
    public required int Layers { get; init; }

    /// <summary>Matrices of attention's values, one per layer in most models.</summary>
    public required int ValueMatrices { get; init; }

    /// <summary>Experts, 0 in a dense model.</summary>
    public required int Experts { get; init; }

    /// <summary>Query heads that share a key and value head.</summary>
    public required int QueriesPerKey { get; init; }

    /// <summary>Whether the table of embeddings gives the logits too.</summary>
    public required bool IsTied { get; init; }

    public required bool HasImportance { get; init; }

    public bool IsFalcon => Architecture == "falcon";

    /// <summary>Llama 2 70B and models of its shape: values are so small beside the rest that more bits cost little.</summary>
    public bool IsShapedLike70B => Architecture switch
    {
        "llama" => Layers == 80 && QueriesPerKey != 1,
        "qwen2" or "deci" or "olmo" => Layers == 80,
        "jais2" => Layers == 68,
        _ => false,
    };

    public static ModelTraits Of(GgufModelFile file, bool hasImportance)
    {
        IGgufMetadata metadata = file.Metadata;
        string architecture = metadata.GetString("general.architecture", null) ?? "";
        long heads = FirstOf(metadata, $"{architecture}.attention.head_count", 0);
        long keyHeads = FirstOf(metadata, $"{architecture}.attention.head_count_kv", heads);
        return new ModelTraits
        {
            Architecture = architecture,
            Layers = metadata.GetInt32($"{architecture}.block_count", 0),
            ValueMatrices = file.Tensors.Keys.Count(name => TensorNames.RoleOf(name) == TensorRole.AttentionValue),
            Experts = metadata.GetInt32($"{architecture}.expert_count", 0),
            QueriesPerKey = keyHeads == 0 ? 0 : (int)(heads / keyHeads),
            IsTied = !file.Tensors.ContainsKey(TensorNames.Output),
            HasImportance = hasImportance,
        };
    }

    /// <summary>A number that is the same for all layers, or that of the first one.</summary>
    private static long FirstOf(IGgufMetadata metadata, string key, long defaultValue) =>
        metadata.TryGetValue(key, out GgufValue? value) && value.Type == GgufValueType.Array
            ? metadata.GetIntegers(key) is [long first, ..] ? first : defaultValue
            : metadata.GetInt64(key, defaultValue);
}
