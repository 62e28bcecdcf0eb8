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

    internal Tensor(float* data, int rows, int columns, long generation)
        : this(data, rows, columns) => Generation = generation;

    /// <summary>Which of the times that its pass gave memory back came before it was made; 0 for a tensor that no pass made.</summary>
    internal long Generation { get; }

    /// <summary>The values of one token.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public Span<float> Row(int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows, nameof(row));
        return new Span<float>(Data + ((long)row * Columns), Columns);
    }
}
