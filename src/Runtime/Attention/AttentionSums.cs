namespace Tessera.Runtime.Attention;

/// <summary>What a tile's rows have after some chunks: weights are relative to the largest score so far.</summary>
/// <param name="memory">Room for <see cref="Length"/> values.</param>
/// <param name="rows">Rows, filled up to a multiple of 8.</param>
/// <param name="valueLength">The values' length, filled up to whole lanes.</param>
internal readonly unsafe struct AttentionSums(float* memory, int rows, int valueLength)
{
    /// <summary>Weighted sums of the values, [row][value length].</summary>
    public float* Values { get; } = memory;

    /// <summary>The largest scores.</summary>
    public float* Maxima { get; } = memory + ((long)rows * valueLength);

    /// <summary>The weights' sums.</summary>
    public float* Weights { get; } = memory + ((long)rows * valueLength) + rows;

    public static long Length(int rows, int valueLength) => (long)rows * (valueLength + 2);
}
