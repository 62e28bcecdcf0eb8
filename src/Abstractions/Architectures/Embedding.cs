namespace Tessera.Architectures;

/// <summary>A table whose rows are looked up. The host makes it.</summary>
public abstract class Embedding
{
    /// <summary>The tensor's name.</summary>
    public required string Name { get; init; }

    /// <summary>Rows: tokens, positions.</summary>
    public required int Rows { get; init; }

    /// <summary>Values per row.</summary>
    public required int Columns { get; init; }
}
