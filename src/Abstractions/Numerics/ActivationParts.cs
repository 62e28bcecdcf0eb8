namespace Tessera.Numerics;

/// <summary>What a matrix reads of the input of a product: the parts of an <see cref="ActivationBatch"/> that the host computes for it.</summary>
[Flags]
public enum ActivationParts
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>32-bit floating point, as it is: <see cref="ActivationBatch.Values"/>.</summary>
    Values = 1,

    /// <summary>
    /// Signed 8-bit integers with one scale per 32 columns: <c>q = round(x / d)</c> (ties to even) with a <c>d</c> of at least <c>max|x| / 127</c>, so q is
    /// within ±127: <see cref="ActivationBatch.Quants"/> and <see cref="ActivationBatch.Scales"/>.
    /// </summary>
    Quants = 2,

    /// <summary>The sums of the integers: <see cref="ActivationBatch.Sums"/>.</summary>
    Sums = 4,

    /// <summary>The sums times -128: <see cref="ActivationBatch.Offsets"/>.</summary>
    Offsets = 8,

    /// <summary>The sums times their scales: <see cref="ActivationBatch.ScaledSums"/>.</summary>
    ScaledSums = 16,

    /// <summary>Small multiples of the scaled sums: <see cref="ActivationBatch.SumTables"/>.</summary>
    SumTables = 32,

    /// <summary>Everything that is made of the integers.</summary>
    Q8 = Quants | Sums | Offsets | ScaledSums | SumTables,
}
