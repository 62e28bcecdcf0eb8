namespace Tessera.Workbench.Quantizing;

/// <summary>What becomes of a model.</summary>
/// <param name="Type">The mix's name, or the format's.</param>
/// <param name="Tensors">The tensors in the order in which they are written.</param>
public sealed record QuantizationPlan(string Type, IReadOnlyList<TensorConversion> Tensors)
{
    /// <summary>Weights in all tensors.</summary>
    public long Elements => Tensors.Sum(tensor => tensor.Source.Elements);

    /// <summary>Bytes of all tensors in the file that is read.</summary>
    public long SourceBytes => Tensors.Sum(tensor => tensor.SourceBytes);

    /// <summary>Bytes of all tensors in the file that is written.</summary>
    public long TargetBytes => Tensors.Sum(tensor => tensor.TargetBytes);

    /// <summary>Tensors that got another type than they were to have, because of their rows' length.</summary>
    public int Fallbacks => Tensors.Count(tensor => tensor.InsteadOf is not null);
}
