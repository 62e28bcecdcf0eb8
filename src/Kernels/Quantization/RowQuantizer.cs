using Tessera.Quantization;

namespace Tessera.Kernels.Quantization;

/// <summary>The way from the contract's spans to a format's own quantizer.</summary>
public static unsafe class RowQuantizer
{
    /// <summary>Checks the lengths and quantizes a row.</summary>
    /// <param name="block">The format's block.</param>
    /// <param name="row">The weights.</param>
    /// <param name="importance">Of each column, or empty.</param>
    /// <param name="blocks">Receives the blocks.</param>
    /// <param name="quantize">The format's quantizer: weights, importance or null, blocks in the row, where they go.</param>
    /// <exception cref="ArgumentException">The lengths do not agree.</exception>
    public static void Quantize(
        BlockGeometry block, ReadOnlySpan<float> row, ReadOnlySpan<float> importance, Span<byte> blocks, delegate*<float*, float*, int, byte*, void> quantize)
    {
        int count = block.CountBlocks(blocks, row);
        if (!importance.IsEmpty && importance.Length != row.Length)
        {
            throw new ArgumentException($"the importance of {importance.Length} columns is not that of a row of {row.Length}", nameof(importance));
        }

        fixed (float* weights = row)
        fixed (float* columns = importance)
        fixed (byte* output = blocks)
        {
            quantize(weights, columns, count, output);
        }
    }
}
