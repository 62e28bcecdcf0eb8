namespace Tessera.Runtime.Memory;

/// <summary>The values behind a tensor: rows of F32, each so many elements after the one before.</summary>
/// <param name="data">The first value.</param>
/// <param name="rows">Rows.</param>
/// <param name="columns">Values per row.</param>
/// <param name="stride">Elements from one row to the next.</param>
internal readonly unsafe struct ActivationRows(float* data, int rows, int columns, int stride)
{
    public float* Data { get; } = data;

    public int Rows { get; } = rows;

    public int Columns { get; } = columns;

    public int Stride { get; } = stride;

    public float* PointerTo(int row) => Data + ((long)row * Stride);

    public Span<float> Row(int row) => new(PointerTo(row), Columns);

    public ActivationRows SliceRows(int first, int count) => new(PointerTo(first), count, Columns, Stride);

    public ActivationRows SliceColumns(int first, int count) => new(Data + first, Rows, count, Stride);
}
