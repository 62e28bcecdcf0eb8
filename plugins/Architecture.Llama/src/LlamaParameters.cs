using System.Globalization;
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

    /// <summary>Positions that the model was trained for; 0 where the file does not tell.</summary>
    public required int ContextLength { get; init; }

    /// <summary>How positions turn queries and keys. It is as large as the file says, so it is made once a key's matrix has shown that size.</summary>
    public required Lazy<RotaryEmbedding> Rotary { get; init; }

    /// <summary>Experts of a layer; 0 for a feed-forward network without.</summary>
    public required int Experts { get; init; }

    /// <summary>Experts that a token goes to.</summary>
    public required int ExpertsUsed { get; init; }

    public static LlamaParameters Read(IModelBuilder builder)
    {
        IGgufMetadata metadata = builder.Metadata;
        int layers = Positive(metadata, "llama.block_count", metadata.GetInt32("llama.block_count"));
        int width = Positive(metadata, "llama.embedding_length", metadata.GetInt32("llama.embedding_length"));
        int Required(string key) => Positive(metadata, key, metadata.GetUniformInt32(key, layers));
        int Optional(string key, int defaultValue) => Positive(metadata, key, metadata.GetUniformInt32(key, layers, defaultValue));

        int heads = Required("llama.attention.head_count");
        int kvHeads = Optional("llama.attention.head_count_kv", heads);
        if (heads % kvHeads != 0)
        {
            throw Error(metadata, "llama.attention.head_count_kv", $"{heads} heads cannot share {kvHeads} KV heads evenly");
        }

        int experts = metadata.GetInt32("llama.expert_count", 0);
        if (experts < 0)
        {
            throw Error(metadata, "llama.expert_count", $"{experts} is negative");
        }

        int chosen = experts == 0 ? 0 : Positive(metadata, "llama.expert_used_count", metadata.GetInt32("llama.expert_used_count"));
        if (chosen > experts)
        {
            throw Error(metadata, "llama.expert_used_count", $"{chosen} of {experts} experts cannot be chosen");
        }

        int keyLength = Optional("llama.attention.key_length", width / heads);
        int valueLength = Optional("llama.attention.value_length", width / heads);
        if ((long)heads * Math.Max(keyLength, valueLength) > int.MaxValue)
        {
            string key = keyLength < valueLength ? "llama.attention.value_length" : "llama.attention.key_length";
            throw Error(metadata, key, $"{heads} heads of {Math.Max(keyLength, valueLength)} values are more than a matrix can have");
        }

        int rotated = Optional("llama.rope.dimension_count", keyLength);
        if (rotated > keyLength || rotated % 2 != 0)
        {
            throw Error(metadata, "llama.rope.dimension_count", $"{rotated} is not an even number of a key's {keyLength} values");
        }

        float epsilon = metadata.GetSingle("llama.attention.layer_norm_rms_epsilon");
        if (!float.IsFinite(epsilon) || epsilon < 0)
        {
            throw Error(metadata, "llama.attention.layer_norm_rms_epsilon", $"{epsilon.ToString(CultureInfo.InvariantCulture)} is no finite number from 0 up");
        }

        int contextLength = ReadContextLength(metadata);
        return new LlamaParameters
        {
            Layers = layers,
            Width = width,
            FeedForward = Required("llama.feed_forward_length"),
            Heads = heads,
            KvHeads = kvHeads,
            KeyLength = keyLength,
            ValueLength = valueLength,
            Epsilon = epsilon,
            Vocabulary = VocabularySize(builder),
            ContextLength = contextLength,
            Rotary = new Lazy<RotaryEmbedding>(() => RopeScaling.Read(builder, rotated, contextLength)),
            Experts = experts,
            ExpertsUsed = chosen,
        };
    }

    /// <summary>The embedding has one row per token, padded ones included; <c>llama.vocab_size</c> is often absent.</summary>
    private static int VocabularySize(IModelBuilder builder)
    {
        ReadOnlySpan<long> dimensions = builder.DimensionsOf("token_embd.weight");
        long rows = dimensions.Length > 1 ? dimensions[1] : 1;
        return rows <= int.MaxValue
            ? (int)rows
            : throw new GgufException(builder.Metadata.Source, "tensor 'token_embd.weight'", -1, $"{rows} tokens are more than a model can have");
    }

    /// <summary>The number advises and sizes nothing by itself, so that one beyond 32 bits is as good as the largest.</summary>
    private static int ReadContextLength(IGgufMetadata metadata)
    {
        const string key = "llama.context_length";
        long length = metadata.GetInt64(key);
        return length >= 0 ? (int)Math.Min(length, int.MaxValue) : throw Error(metadata, key, $"{length} is negative");
    }

    private static int Positive(IGgufMetadata metadata, string key, int value) =>
        value > 0 ? value : throw Error(metadata, key, $"{value} is not positive");

    private static GgufException Error(IGgufMetadata metadata, string key, string problem) =>
        new(metadata.Source, $"key '{key}'", metadata.TryGetValue(key, out GgufValue? value) ? value.Offset : -1, problem);
}
