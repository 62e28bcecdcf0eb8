using Tessera.Gguf;

namespace Tessera.Workbench.Quantizing.Mixes;

/// <summary>One exception from a mix's type.</summary>
/// <param name="Role">The matrices that it is about.</param>
/// <param name="Type">What they get.</param>
internal sealed record MixRule(TensorRole Role, GgmlType Type)
{
    /// <summary>The layers that it is about.</summary>
    public LayerRange In { get; init; } = Layers.All;

    /// <summary>The models that it is about.</summary>
    public Predicate<ModelTraits> If { get; init; } = _ => true;
}
