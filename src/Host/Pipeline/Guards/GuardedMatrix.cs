using Tessera.Numerics;
using Tessera.Plugins;
using Tessera.Quantization;

namespace Tessera.Pipeline.Guards;

/// <summary>A plugin's matrix whose failures name the plugin and the tensor. It costs a call for each tile.</summary>
internal sealed class GuardedMatrix(PluginInfo plugin, string tensor, IWeightMatrix matrix) : IWeightMatrix
{
    public int Rows { get; } = matrix.Rows;

    public int Columns { get; } = matrix.Columns;

    public ActivationEncoding Activations { get; } = matrix.Activations;

    public int RowGranularity { get; } = matrix.RowGranularity;

    public bool ReadsSource { get; } = matrix.ReadsSource;

    public SimdLevel? Simd { get; } = matrix.Simd;

    public string Kernel { get; } = matrix.Kernel;

    public long OwnBytes { get; } = matrix.OwnBytes;

    public void Multiply(in ActivationBatch x, in OutputTile y)
    {
        try
        {
            matrix.Multiply(x, y);
        }
        catch (Exception e) when (PluginFailure.IsUnexplained(e))
        {
            throw PluginFailure.Of(plugin, $"to multiply with the tensor '{tensor}'", e);
        }
    }

    public void Dispose() => matrix.Dispose();
}
