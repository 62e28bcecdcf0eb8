namespace Tessera.Architectures;

/// <summary>
/// Activations of a batch: <see cref="Rows"/> tokens of <see cref="Columns"/> F32 values each, contiguous. It belongs to the forward pass that
/// made it and is gone when that ends.
/// </summary>
/// <param name="data">The first value.</param>
/// <param name="rows">Tokens.</param>
/// <param name="columns">Values per token.</param>
public readonly unsafe struct Tensor(float* data, int rows, int columns)
{
    /// <summary>The first value, for the host's operators.</summary>
    public float* Data { get; } = data;

    /// <summary>Tokens.</summary>
    public int Rows { get; } = rows;

    /// <summary>Values per token.</summary>
    public int Columns { get; } = columns;

    /// <summary>The values of one token.</summary>
    public Span<float> Row(int row) => new(Data + ((long)row * Columns), Columns);
}
