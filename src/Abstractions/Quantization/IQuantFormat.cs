namespace Tessera.Quantization;

/// <summary>
/// A quantization format: how weights are stored in blocks and what they mean. Export it with <see cref="ExportQuantFormatAttribute"/>
/// and <c>[Shared]</c>; one instance serves all matrices of all models, from any thread.
/// </summary>
public interface IQuantFormat
{
    /// <summary>The block's size.</summary>
    BlockGeometry Block { get; }

    /// <summary>Turns whole blocks into values: the definition of the format, exact to the last bit.</summary>
    /// <param name="blocks">Whole blocks.</param>
    /// <param name="values">Receives <c>blocks.Length / Block.Bytes * Block.Elements</c> values.</param>
    /// <exception cref="ArgumentException">The lengths do not agree.</exception>
    void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values);

    /// <summary>Makes a matrix ready to be multiplied with: maps the file's bytes, or repacks them for the machine's vectors.</summary>
    /// <param name="source">The matrix in the file.</param>
    /// <param name="options">What the host allows.</param>
    IWeightMatrix Bind(in WeightSource source, KernelOptions options);
}
