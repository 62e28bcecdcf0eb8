using Tessera.Gguf;

namespace Tessera.Quantization;

/// <summary>
/// What a quantization format implements besides <see cref="IQuantFormat"/> if it can also make blocks. It is optional and not exported by itself: the
/// host asks each format whether it is one. Called from many threads at once for different rows.
/// </summary>
public interface IQuantizer
{
    /// <summary>The format that takes rows whose length is no multiple of this format's block; null where there is none to recommend.</summary>
    GgmlType? Fallback => null;

    /// <summary>Turns a row into blocks. The same values give the same bytes, whatever the thread and the instruction set.</summary>
    /// <param name="row">The weights of one row, finite, a multiple of <see cref="BlockGeometry.Elements"/>.</param>
    /// <param name="importance">
    /// How much an error of each column matters, of the row's length: the mean square of what the column was multiplied with (an importance matrix), not
    /// negative. Empty where nothing is known. A format that cannot use it ignores it.
    /// </param>
    /// <param name="blocks">Receives <c>row.Length / Block.Elements * Block.Bytes</c> bytes.</param>
    /// <exception cref="ArgumentException">The lengths do not agree.</exception>
    void Quantize(ReadOnlySpan<float> row, ReadOnlySpan<float> importance, Span<byte> blocks);
}
