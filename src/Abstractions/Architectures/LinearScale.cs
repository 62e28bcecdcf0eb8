namespace Tessera.Architectures;

/// <summary>What a factor of a whole matrix, which some files keep as <c>NAME.scale</c>, multiplies.</summary>
public enum LinearScale
{
    /// <summary>Nothing: <c>y = W x + b</c>, and a <c>NAME.scale</c> in the file is not read.</summary>
    None,

    /// <summary>The product: <c>y = s W x + b</c>.</summary>
    Product,

    /// <summary>The product and its bias: <c>y = s (W x + b)</c>.</summary>
    ProductAndBias,
}
