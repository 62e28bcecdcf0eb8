using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Quantization;

namespace Tessera.Pipeline.Guards;

/// <summary>A plugin's quantizer whose failures name the plugin.</summary>
internal sealed class GuardedQuantizer(PluginPart<IQuantFormat> part, IQuantizer quantizer, GgmlType type) : IQuantizer
{
    public GgmlType Type => type;

    /// <summary>The format's name.</summary>
    public string Name => part.Names[0];

    public BlockGeometry Block { get; } = new GuardedFormat(part).Block;

    public GgmlType? Fallback
    {
        get
        {
            try
            {
                return quantizer.Fallback;
            }
            catch (Exception e) when (PluginFailure.IsUnexplained(e))
            {
                throw PluginFailure.Of(part.Plugin, $"to tell the format that takes the place of the {part.Export}", e);
            }
        }
    }

    public void Quantize(ReadOnlySpan<float> row, ReadOnlySpan<float> importance, Span<byte> blocks)
    {
        try
        {
            quantizer.Quantize(row, importance, blocks);
        }
        catch (Exception e) when (PluginFailure.IsUnexplained(e))
        {
            throw PluginFailure.Of(part.Plugin, $"to quantize a row to the {part.Export}", e);
        }
    }
}
