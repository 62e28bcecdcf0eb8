namespace Tessera.Numerics;

/// <summary>The numerics contract of a run. It is chosen per session and shown with every result.</summary>
public enum NumericsMode
{
    /// <summary>8-bit activations with a scale per 32 columns, integer dot products, 16-bit KV cache.</summary>
    Fast,

    /// <summary>Dequantized weights, F32 activations, F32 KV cache.</summary>
    Exact,
}
