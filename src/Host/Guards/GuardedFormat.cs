using Tessera.Plugins;
using Tessera.Quantization;

namespace Tessera.Guards;

/// <summary>A plugin's format whose failures name the plugin. Whatever it throws ends the call as an error, not the process.</summary>
internal class GuardedFormat : IQuantFormat
{
    // Of weights and of bytes. Formats have a few hundred; what is computed with a row of blocks stays within 32 bits.
    private const int LargestBlock = 1 << 16;

    private readonly IQuantFormat _format;
    private readonly Lazy<BlockGeometry> _block;

    protected GuardedFormat(PluginPart<IQuantFormat> part, IQuantFormat format)
    {
        Part = part;
        _format = format;
        _block = new Lazy<BlockGeometry>(ReadBlock);
    }

    public PluginPart<IQuantFormat> Part { get; }

    /// <summary>Asked for once: sizes of tensors that were checked with one block must not be computed with another.</summary>
    public BlockGeometry Block => _block.Value;

    /// <summary>Guards a format, and the quantizer that it is besides.</summary>
    public static GuardedFormat Of(PluginPart<IQuantFormat> part, IQuantFormat format) =>
        format is IQuantizer quantizer ? new GuardedQuantizer(part, format, quantizer) : new GuardedFormat(part, format);

    public void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        try
        {
            _format.Dequantize(blocks, values);
        }
        catch (Exception e) when (PluginFailure.IsUnexplained(e))
        {
            throw PluginFailure.Of(Part.Plugin, $"to dequantize blocks of the {Part.Export}", e);
        }
    }

    public IWeightMatrix Bind(in WeightSource source, KernelOptions options)
    {
        try
        {
            return new GuardedMatrix(Part.Plugin, source, _format.Bind(source, options) ?? throw new InvalidOperationException("it returns nothing"));
        }
        catch (Exception e) when (PluginFailure.IsUnexplained(e))
        {
            throw PluginFailure.Of(Part.Plugin, $"to bind the tensor '{source.Name}' ({Part.Export})", e);
        }
    }

    private BlockGeometry ReadBlock()
    {
        try
        {
            BlockGeometry block = _format.Block;
            return block is { Elements: > 0 and <= LargestBlock, Bytes: > 0 and <= LargestBlock }
                ? block
                : throw new InvalidOperationException($"it says {block.Elements} weights in {block.Bytes} bytes, and 1 to {LargestBlock} of each are possible");
        }
        catch (Exception e) when (PluginFailure.IsUnexplained(e))
        {
            throw PluginFailure.Of(Part.Plugin, $"to tell the block of the {Part.Export}", e);
        }
    }
}
