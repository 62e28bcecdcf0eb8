namespace Tessera.Kernels.Coded;

/// <summary>The scales and minimums of a block.</summary>
public enum ScaleLayout
{
    /// <summary>d, a half, for the block.</summary>
    Half,

    /// <summary>d, a half, and a minimum, another half, that is added to each weight.</summary>
    HalfAndMinimum,

    /// <summary>d is two to the power of a byte less 128 (E8M0, and a factor of 1/2).</summary>
    Exponent,

    /// <summary>d, a half, times a signed byte per 32 columns.</summary>
    BytePer32,

    /// <summary>d, a half, times a signed byte per 16 columns.</summary>
    BytePer16,

    /// <summary>d, a half, times four bits per 16 columns, less dmin, a half, times another four bits.</summary>
    NibblesPer16,
}
