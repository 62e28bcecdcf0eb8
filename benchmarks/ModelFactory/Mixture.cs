using Tessera.Gguf;

namespace Tessera.ModelFactory;

/// <summary>Which format each tensor of a model has, as llama.cpp's quantizer mixes them.</summary>
/// <param name="Name">The mixture's name.</param>
/// <param name="FileType">The value of <c>general.file_type</c>.</param>
/// <param name="Most">The format of most matrices.</param>
/// <param name="Sensitive">The format of the output and of half of the layers' <c>attn_v</c> and <c>ffn_down</c>.</param>
internal sealed record Mixture(string Name, uint FileType, GgmlType Most, GgmlType Sensitive)
{
    /// <summary>What llama.cpp writes where a file has no type of its own.</summary>
    private const uint Guessed = 1024;

    public static IReadOnlyList<Mixture> All { get; } =
    [
        Pure(0, GgmlType.F32),
        Pure(1, GgmlType.F16),
        Pure(2, GgmlType.Q4_0),
        Pure(3, GgmlType.Q4_1),
        Pure(7, GgmlType.Q8_0),
        Pure(8, GgmlType.Q5_0),
        Pure(9, GgmlType.Q5_1),
        Pure(10, GgmlType.Q2_K),
        Pure(11, GgmlType.Q3_K),
        new("Q4_K_M", 15, GgmlType.Q4_K, GgmlType.Q6_K),
        new("Q5_K_M", 17, GgmlType.Q5_K, GgmlType.Q6_K),
        Pure(18, GgmlType.Q6_K),
        Pure(25, GgmlType.IQ4_NL),
        Pure(30, GgmlType.IQ4_XS),
        Pure(32, GgmlType.BF16),
        Pure(38, GgmlType.MXFP4),
        new("MIXED", Guessed, GgmlType.F32, GgmlType.F32)
        {
            InTurn =
            [
                GgmlType.F32, GgmlType.F16, GgmlType.BF16, GgmlType.Q8_0, GgmlType.Q6_K, GgmlType.Q5_K, GgmlType.Q4_K, GgmlType.Q3_K,
                GgmlType.Q2_K, GgmlType.Q4_0, GgmlType.Q4_1, GgmlType.Q5_0, GgmlType.Q5_1, GgmlType.IQ4_NL, GgmlType.IQ4_XS, GgmlType.MXFP4,
            ],
        },
    ];

    /// <summary>Formats that the matrices take in turn instead. A layer has seven of them, so each meets every format in a model of sixteen layers.</summary>
    public IReadOnlyList<GgmlType> InTurn { get; init; } = [];

    public GgmlType Embedding(bool tied) => tied ? Sensitive : Most;

    /// <summary>Of <c>attn_v</c> and <c>ffn_down</c>: the first and last eighth of the layers and every third between them are sensitive.</summary>
    public GgmlType ValueOrDown(int layer, int layers) =>
        layer < layers / 8 || layer >= 7 * layers / 8 || (layer - (layers / 8)) % 3 == 2 ? Sensitive : Most;

    private static Mixture Pure(uint fileType, GgmlType type) => new(type.ToString(), fileType, type, type);
}
