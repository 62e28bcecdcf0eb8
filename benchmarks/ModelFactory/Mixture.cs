using Tessera.Gguf;

namespace Tessera.ModelFactory;

/// <summary>Which format each tensor of a model has, as llama.cpp's quantizer mixes them.</summary>
/// <param name="Name">The mixture's name.</param>
/// <param name="FileType">The value of <c>general.file_type</c>.</param>
/// <param name="Most">The format of most matrices.</param>
/// <param name="Sensitive">The format of the output and of half of the layers' <c>attn_v</c> and <c>ffn_down</c>.</param>
internal sealed record Mixture(string Name, uint FileType, GgmlType Most, GgmlType Sensitive)
{
    public static IReadOnlyList<Mixture> All { get; } =
    [
        new("F32", 0, GgmlType.F32, GgmlType.F32),
        new("F16", 1, GgmlType.F16, GgmlType.F16),
        new("Q8_0", 7, GgmlType.Q8_0, GgmlType.Q8_0),
        new("Q4_K_M", 15, GgmlType.Q4_K, GgmlType.Q6_K),
        new("Q5_K_M", 17, GgmlType.Q5_K, GgmlType.Q6_K),
        new("Q6_K", 18, GgmlType.Q6_K, GgmlType.Q6_K),
        new("BF16", 32, GgmlType.BF16, GgmlType.BF16),
    ];

    public GgmlType Embedding(bool tied) => tied ? Sensitive : Most;

    /// <summary>Of <c>attn_v</c> and <c>ffn_down</c>: the first and last eighth of the layers and every third between them are sensitive.</summary>
    public GgmlType ValueOrDown(int layer, int layers) =>
        layer < layers / 8 || layer >= 7 * layers / 8 || (layer - (layers / 8)) % 3 == 2 ? Sensitive : Most;
}
