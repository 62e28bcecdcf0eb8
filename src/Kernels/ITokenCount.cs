namespace Tessera.Kernels;

/// <summary>
/// A number of tokens as a type. A kernel that is generic in it is compiled once for each number, with the tokens that it does not have left out,
/// and does the same arithmetic for those that it has.
/// </summary>
public interface ITokenCount
{
    /// <summary>The number.</summary>
    static abstract int Value { get; }
}
