namespace Tessera.Quantization;

/// <summary>A weight matrix as it stands in the file: rows of whole blocks, one after the other. The bytes stay valid until the model is unloaded.</summary>
public readonly unsafe struct WeightSource
{
    /// <summary>The tensor's name, for messages.</summary>
    public required string Name { get; init; }

    /// <summary>Rows (outputs).</summary>
    public required int Rows { get; init; }

    /// <summary>Columns (inputs); a multiple of the format's block.</summary>
    public required int Columns { get; init; }

    /// <summary>The first byte of the first row.</summary>
    public required byte* Data { get; init; }

    /// <summary>Bytes per row.</summary>
    public required long RowBytes { get; init; }

    /// <summary>
    /// Runs work for the numbers from 0 to before a count, on the threads that will read what it writes: physical memory is taken where it is written
    /// first, near that thread. Null where all memory is equally far; any threads serve then.
    /// </summary>
    public Action<int, Action<int>>? ForEachNearby { get; init; }

    /// <summary>The first byte of a row.</summary>
    public byte* Row(int row) => Data + (row * RowBytes);

    /// <summary>The number of blocks in a row, checked to be whole.</summary>
    /// <param name="block">The format's block.</param>
    /// <exception cref="TesseraException">The rows are not whole blocks.</exception>
    public int BlocksPerRow(BlockGeometry block)
    {
        int blocks = Columns / block.Elements;
        return Columns % block.Elements == 0 && RowBytes == (long)blocks * block.Bytes
            ? blocks
            : throw new TesseraException(
                $"Tensor '{Name}': rows of {Columns} weights in {RowBytes} bytes are not whole blocks of {block.Elements} weights in {block.Bytes} bytes.");
    }
}
