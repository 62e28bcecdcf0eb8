namespace Tessera.Quantization;

/// <summary>The size of a format's block in weights and in bytes, as in the file. The host takes formats whose blocks have 1 to 65,536 of each.</summary>
/// <param name="Elements">Weights per block; rows are whole blocks.</param>
/// <param name="Bytes">Bytes per block.</param>
public readonly record struct BlockGeometry(int Elements, int Bytes)
{
    /// <summary>The number of blocks, checked to be whole and to have room.</summary>
    /// <param name="blocks">Blocks.</param>
    /// <param name="values">Where their values go.</param>
    /// <exception cref="ArgumentException">The lengths do not agree.</exception>
    public int CountBlocks(ReadOnlySpan<byte> blocks, ReadOnlySpan<float> values)
    {
        int count = blocks.Length / Bytes;
        return blocks.Length == count * Bytes && values.Length == (long)count * Elements
            ? count
            : throw new ArgumentException($"{blocks.Length} bytes are not {values.Length} values in blocks of {Elements} in {Bytes} bytes", nameof(values));
    }
}
