namespace Tessera.Architectures;

/// <summary>Weights that are no matrix: of a norm, a bias, a number for each head. F32 whatever the file has. The host makes it.</summary>
public abstract class Vector
{
    /// <summary>The tensor's name.</summary>
    public required string Name { get; init; }

    /// <summary>Values.</summary>
    public required int Length { get; init; }
}
