namespace Tessera.Architectures;

/// <summary>A function of single values.</summary>
public enum Activation
{
    /// <summary><c>x / (1 + exp(-x))</c> (Ramachandran et al. 2017).</summary>
    Silu,

    /// <summary><c>x / 2 * (1 + erf(x / sqrt 2))</c> (Hendrycks and Gimpel 2016).</summary>
    Gelu,

    /// <summary>GELU's approximation with the hyperbolic tangent.</summary>
    GeluTanh,

    /// <summary>GELU's approximation with the logistic function: <c>x / (1 + exp(-1.702 x))</c>.</summary>
    GeluQuick,

    /// <summary><c>max(x, 0)</c>.</summary>
    Relu,

    /// <summary><c>max(x, 0)²</c> (So et al. 2021).</summary>
    ReluSquared,

    /// <summary><c>1 / (1 + exp(-x))</c>.</summary>
    Sigmoid,

    /// <summary><c>tanh(x)</c>.</summary>
    Tanh,

    /// <summary><c>log(1 + exp(x))</c>.</summary>
    Softplus,
}
