using Tessera.Numerics;

namespace Tessera.Kernels;

/// <summary>Which sums of the activations an assembled tile reads.</summary>
public enum ActivationSums
{
    /// <summary><see cref="ActivationBatch.ScaledSums"/>, one per 32 columns, for a minimum.</summary>
    Scaled,

    /// <summary><see cref="ActivationBatch.Sums"/>, two per 32 columns, for an offset or a minimum per 16.</summary>
    Integers,

    /// <summary><see cref="ActivationBatch.Offsets"/>, one per 16 columns, for weights that had 128 added.</summary>
    Offsets,

    /// <summary><see cref="ActivationBatch.SumTables"/>, sixteen per 64 columns, for minimums that are looked up.</summary>
    Tables,
}
