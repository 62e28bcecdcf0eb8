namespace Tessera.Architectures;

/// <summary>A declared cache: what every sequence keeps of the keys and values of its positions, for the layers that use it. The host makes it.</summary>
public abstract class KeyValueState
{
    /// <summary>Key and value heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Values per key.</summary>
    public required int KeyLength { get; init; }

    /// <summary>Values per value.</summary>
    public required int ValueLength { get; init; }

    /// <summary>How many of the last positions are kept, at least; 0 for all.</summary>
    public required int Window { get; init; }
}
