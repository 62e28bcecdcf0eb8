using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Quantization;

namespace Tessera.Guards;

/// <summary>A plugin's format that also makes blocks, with failures that name the plugin.</summary>
internal sealed class GuardedQuantizer(PluginPart<IQuantFormat> part, IQuantFormat format, IQuantizer quantizer) : GuardedFormat(part, format), IQuantizer
{
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
                throw PluginFailure.Of(Part.Plugin, $"to tell the format that takes the place of the {Part.Export}", e);
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
            throw PluginFailure.Of(Part.Plugin, $"to quantize a row to the {Part.Export}", e);
        }
    }
}
