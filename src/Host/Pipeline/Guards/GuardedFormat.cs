using Tessera.Plugins;
using Tessera.Quantization;

namespace Tessera.Pipeline.Guards;

/// <summary>A plugin's format whose failures name the plugin. Whatever it throws ends the call as an error, not the process.</summary>
internal sealed class GuardedFormat(PluginPart<IQuantFormat> part) : IQuantFormat
{
    private readonly IQuantFormat _format = part.Value;

    public PluginPart<IQuantFormat> Part => part;

    public BlockGeometry Block
    {
        get
        {
            try
            {
                return _format.Block is { Elements: > 0, Bytes: > 0 } block ? block : throw new InvalidOperationException("its block is empty");
            }
            catch (Exception e) when (PluginFailure.IsUnexplained(e))
            {
                throw PluginFailure.Of(part.Plugin, $"to tell the block of the {part.Export}", e);
            }
        }
    }

    public void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        try
        {
            _format.Dequantize(blocks, values);
        }
        catch (Exception e) when (PluginFailure.IsUnexplained(e))
        {
            throw PluginFailure.Of(part.Plugin, $"to dequantize blocks of the {part.Export}", e);
        }
    }

    public IWeightMatrix Bind(in WeightSource source, KernelOptions options)
    {
        try
        {
            IWeightMatrix matrix = _format.Bind(source, options) ?? throw new InvalidOperationException("it returns nothing");
            return matrix.Rows == source.Rows && matrix.Columns == source.Columns && matrix.RowGranularity > 0
                ? new GuardedMatrix(part.Plugin, source.Name, matrix)
                : throw new InvalidOperationException($"it returns a matrix of {matrix.Rows} x {matrix.Columns} in tiles of {matrix.RowGranularity} for one of {source.Rows} x {source.Columns}");
        }
        catch (Exception e) when (PluginFailure.IsUnexplained(e))
        {
            throw PluginFailure.Of(part.Plugin, $"to bind the tensor '{source.Name}' ({part.Export})", e);
        }
    }
}
