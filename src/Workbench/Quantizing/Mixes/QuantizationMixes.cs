using Tessera.Gguf;
using static Tessera.Gguf.GgmlType;
using static Tessera.Workbench.Quantizing.Mixes.TensorRole;

namespace Tessera.Workbench.Quantizing.Mixes;

/// <summary>The mixes that llama-quantize knows, as far as they are made of formats that have a plugin here.</summary>
internal static class QuantizationMixes
{
    private static readonly Predicate<ModelTraits> s_falcon = model => model.IsFalcon;
    private static readonly Predicate<ModelTraits> s_eightExperts = model => model.Experts == 8 && !model.IsFalcon;
    private static readonly Predicate<ModelTraits> s_manyQueriesPerKey = model => model.QueriesPerKey >= 4;
    private static readonly Predicate<ModelTraits> s_withImportance = model => model.HasImportance;
    private static readonly Predicate<ModelTraits> s_withoutImportance = model => !model.HasImportance;

    /// <summary>All mixes.</summary>
    public static IReadOnlyList<QuantizationMix> All { get; } =
    [
        new("F32", 0, F32),
        new("F16", 1, F16),
        new("BF16", 32, BF16),
        new("Q8_0", 7, Q8_0) { OutputType = Q8_0 },
        new("Q6_K", 18, Q6_K) { OutputType = Q6_K },
        new("Q5_K_S", 16, Q5_K) { OutputType = Q6_K },
        new("Q5_K_M", 17, Q5_K)
        {
            OutputType = Q6_K,
            Rules =
            [
                new(AttentionValue, Q6_K) { In = Layers.OuterAndEveryThird },
                new(FeedForwardDown, Q6_K) { In = Layers.OuterAndEveryThird },
            ],
        },
        new("Q4_K_S", 14, Q4_K)
        {
            OutputType = Q6_K,
            Rules =
            [
                new(AttentionValue, Q5_K) { In = Layers.First(4) },
                new(AttentionOutput, Q5_K) { If = s_eightExperts },
                new(FeedForwardDown, Q4_K) { If = s_falcon },
                new(FeedForwardDown, Q5_K) { In = Layers.FirstEighth },
            ],
        },
        new("Q4_K_M", 15, Q4_K)
        {
            OutputType = Q6_K,
            Rules =
            [
                new(AttentionValue, Q6_K) { In = Layers.OuterAndEveryThird },
                new(AttentionOutput, Q5_K) { If = s_eightExperts },
                new(FeedForwardDown, Q6_K) { If = s_falcon, In = Layers.FirstSixteenth },
                new(FeedForwardDown, Q5_K) { If = s_falcon, In = Layers.OuterAndEveryThird },
                new(FeedForwardDown, Q4_K) { If = s_falcon },
                new(FeedForwardDown, Q6_K) { In = Layers.OuterAndEveryThird },
            ],
        },
        new("Q3_K_S", 11, Q3_K)
        {
            OutputType = Q6_K,
            Rules = [new(AttentionOutput, Q5_K) { If = s_eightExperts }],
        },
        new("Q3_K_M", 12, Q3_K)
        {
            OutputType = Q6_K,
            Rules =
            [
                new(AttentionValue, Q5_K) { In = Layers.First(2) },
                new(AttentionValue, Q4_K),
                new(AttentionOutput, Q3_K) { If = s_falcon },
                new(AttentionOutput, Q5_K) { If = s_eightExperts },
                new(AttentionOutput, Q4_K),
                new(FeedForwardDown, Q5_K) { In = Layers.FirstSixteenth },
                new(FeedForwardDown, Q4_K) { If = s_falcon, In = Layers.OuterAndEveryThird },
                new(FeedForwardDown, Q3_K) { If = s_falcon },
                new(FeedForwardDown, Q4_K),
            ],
        },
        new("Q3_K_L", 13, Q3_K)
        {
            OutputType = Q6_K,
            Rules =
            [
                new(AttentionValue, Q5_K),
                new(AttentionOutput, Q4_K) { If = s_falcon },
                new(AttentionOutput, Q3_K) { If = s_eightExperts },
                new(AttentionOutput, Q5_K),
                new(FeedForwardDown, Q4_K) { If = s_falcon },
                new(FeedForwardDown, Q5_K),
            ],
        },
        new("Q2_K", 10, Q2_K)
        {
            OutputType = Q6_K,
            Rules =
            [
                new(AttentionValue, Q4_K) { If = s_manyQueriesPerKey },
                new(AttentionValue, Q3_K),
                new(AttentionOutput, Q2_K) { If = s_falcon },
                new(AttentionOutput, Q5_K) { If = s_eightExperts },
                new(AttentionOutput, Q3_K),
                new(FeedForwardDown, Q3_K),
            ],
        },
        new("Q4_0", 2, Q4_0) { OutputType = Q6_K, Rules = [new(FeedForwardDown, Q4_1) { If = s_withImportance, In = Layers.FirstEighth }] },
        new("Q4_1", 3, Q4_1) { OutputType = Q6_K },
        new("Q5_0", 8, Q5_0) { OutputType = Q6_K, Rules = [new(FeedForwardDown, Q5_1) { If = s_withImportance, In = Layers.FirstEighth }] },
        new("Q5_1", 9, Q5_1) { OutputType = Q6_K },
        NonLinear("IQ4_NL", 25, IQ4_NL),
        NonLinear("IQ4_XS", 30, IQ4_XS),
        new("TQ1_0", 36, TQ1_0) { OutputType = Q6_K, Rules = [new(TokenEmbedding, Q4_K)] },
        new("TQ2_0", 37, TQ2_0) { OutputType = Q6_K, Rules = [new(TokenEmbedding, Q4_K)] },
    ];

    private static readonly Dictionary<string, string> s_aliases =
        new(StringComparer.OrdinalIgnoreCase) { ["Q3_K"] = "Q3_K_M", ["Q4_K"] = "Q4_K_M", ["Q5_K"] = "Q5_K_M" };

    /// <summary>The mix of a name, in upper or lower case; null where there is none.</summary>
    public static QuantizationMix? Find(string name) =>
        All.FirstOrDefault(mix => mix.Name.Equals(s_aliases.GetValueOrDefault(name, name), StringComparison.OrdinalIgnoreCase));

    private static QuantizationMix NonLinear(string name, uint fileType, GgmlType type) => new(name, fileType, type)
    {
        OutputType = Q6_K,
        Rules =
        [
            new(AttentionValue, Q5_K) { If = s_manyQueriesPerKey },
            new(AttentionOutput, Q5_K) { If = s_eightExperts },
            new(FeedForwardDown, Q5_K) { If = s_withoutImportance, In = Layers.FirstEighth },
        ],
    };
}
