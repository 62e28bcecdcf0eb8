namespace Tessera.Numerics;

/// <summary>The rows of a matrix that one call computes, for every token of its batch.</summary>
public readonly unsafe struct OutputTile
{
    /// <summary>The output, <c>[tokens][Stride]</c>; row r of token t goes to <c>Values[t * Stride + r]</c>.</summary>
    public required float* Values { get; init; }

    /// <summary>Elements from one token's output to the next.</summary>
    public required int Stride { get; init; }

    /// <summary>First row of the tile, a multiple of the matrix' row granularity.</summary>
    public required int FirstRow { get; init; }

    /// <summary>Rows in the tile.</summary>
    public required int RowCount { get; init; }
}
