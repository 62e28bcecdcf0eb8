namespace Tessera.Numerics;

/// <summary>How the input of a matrix product is encoded before a weight matrix sees it.</summary>
public enum ActivationEncoding
{
    /// <summary>32-bit floating point, as it is.</summary>
    F32,

    /// <summary>
    /// Signed 8-bit integers with one scale per 32 columns: <c>q = round(x / d)</c> (ties to even) with a <c>d</c> of at least <c>max|x| / 127</c>, so q is
    /// within ±127, and the sum of q over every 16 columns, which formats with a minimum or an offset need.
    /// </summary>
    Q8,
}
