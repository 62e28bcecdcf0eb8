using Tessera.Architectures;
using Tessera.Gguf;

namespace Tessera.Architecture.Llama;

/// <summary>The numbers that a file gives for the equations, with the GGUF specification's defaults.</summary>
internal sealed record LlamaParameters
{
    public required int Layers { get; init; }

    /// <summary>Values per token between the layers.</summary>
    public required int Width { get; init; }

    /// <summary>Values per token within the feed-forward network.</summary>
    public required int FeedForward { get; init; }

    public required int Heads { get; init; }

    public required int KvHeads { get; init; }

    public required int KeyLength { get; init; }

    public required int ValueLength { get; init; }

    public required float Epsilon { get; init; }

    public required int Vocabulary { get; init; }

    public required int ContextLength { get; init; }

    public required RotaryEmbedding Rotary { get; init; }

    public static LlamaParameters Read(IModelBuilder builder)
    {
        IGgufMetadata metadata = builder.Metadata;
        int width = Positive(metadata, "llama.embedding_length");
        int heads = Positive(metadata, "llama.attention.head_count");
        int kvHeads = Positive(metadata, "llama.attention.head_count_kv", heads);
        if (heads % kvHeads != 0)
        {
            throw Error(metadata, "llama.attention.head_count_kv", $"{heads} heads cannot share {kvHeads} KV heads evenly");
        }

        if (metadata.GetInt32("llama.expert_count", 0) > 0)
        {
            throw Error(metadata, "llama.expert_count", "a mixture of experts, which this architecture plugin does not serve");
        }

        int keyLength = Positive(metadata, "llama.attention.key_length", width / heads);
        int rotated = Positive(metadata, "llama.rope.dimension_count", keyLength);
        if (rotated > keyLength || rotated % 2 != 0)
        {
            throw Error(metadata, "llama.rope.dimension_count", $"{rotated} is not an even number of a key's {keyLength} values");
        }

        int contextLength = Positive(metadata, "llama.context_length");
        return new LlamaParameters
        {
            Layers = Positive(metadata, "llama.block_count"),
            Width = width,
            FeedForward = Positive(metadata, "llama.feed_forward_length"),
            Heads = heads,
            KvHeads = kvHeads,
            KeyLength = keyLength,
            ValueLength = Positive(metadata, "llama.attention.value_length", width / heads),
            Epsilon = metadata.GetSingle("llama.attention.layer_norm_rms_epsilon"),
            Vocabulary = VocabularySize(builder),
            ContextLength = contextLength,
            Rotary = RopeScaling.Read(builder, rotated, contextLength),
        };
    }

    /// <summary>The embedding has one row per token, padded ones included; <c>llama.vocab_size</c> is often absent.</summary>
    private static int VocabularySize(IModelBuilder builder)
    {
        ReadOnlySpan<long> dimensions = builder.DimensionsOf("token_embd.weight");
        return dimensions.Length == 2 ? checked((int)dimensions[1]) : 1;
    }

    private static int Positive(IGgufMetadata metadata, string key) => Checked(metadata, key, metadata.GetInt32(key));

    private static int Positive(IGgufMetadata metadata, string key, int defaultValue) => Checked(metadata, key, metadata.GetInt32(key, defaultValue));

    private static int Checked(IGgufMetadata metadata, string key, int value) =>
        value > 0 ? value : throw Error(metadata, key, $"{value} is not positive");

    private static GgufException Error(IGgufMetadata metadata, string key, string problem) =>
        new(metadata.Source, $"key '{key}'", metadata.TryGetValue(key, out GgufValue? value) ? value.Offset : -1, problem);
}
