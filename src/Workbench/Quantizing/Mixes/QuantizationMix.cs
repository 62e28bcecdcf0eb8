using Tessera.Gguf;

namespace Tessera.Workbench.Quantizing.Mixes;

/// <summary>Which type each matrix of a model gets: one for most, and rules for those that deserve better.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="FileType">The value of <c>general.file_type</c>; null where llama.cpp has no number for it.</param>
/// <param name="Type">The type of a matrix that no rule is about.</param>
internal sealed record QuantizationMix(string Name, uint? FileType, GgmlType Type)
{
    /// <summary>The type of the matrix that gives the logits; null where it is like any other.</summary>
    public GgmlType? OutputType { get; init; }

    /// <summary>The first rule that is about a matrix decides.</summary>
    public IReadOnlyList<MixRule> Rules { get; init; } = [];

    /// <summary>The type of a matrix.</summary>
    /// <param name="role">What it does.</param>
    /// <param name="index">Its layer.</param>
    /// <param name="count">The number of layers.</param>
    /// <param name="model">The model.</param>
    public GgmlType TypeOf(TensorRole role, int index, int count, ModelTraits model)
    {
        GgmlType type = Rules.FirstOrDefault(rule => rule.Role == role && rule.If(model) && rule.In(index, count))?.Type ?? Type;
        bool isMix = OutputType is not null;
        return role switch
        {
            TensorRole.AttentionValue or TensorRole.AttentionKey when isMix && model.Experts == 8 => GgmlType.Q8_0, // small beside eight experts
            TensorRole.AttentionValue when isMix && model.IsShapedLike70B && type is GgmlType.Q3_K or GgmlType.Q4_K => GgmlType.Q5_K,
            _ => type,
        };
    }
}
