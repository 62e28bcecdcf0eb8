using Tessera.Numerics;
using Tessera.Plugins;
using Tessera.Quantization;

namespace Tessera.Guards;

/// <summary>
/// A plugin's matrix whose failures name the plugin and the tensor. It costs a call for each tile. What the matrix says of itself is asked for once, when
/// it is bound, and held against what was bound.
/// </summary>
internal sealed class GuardedMatrix : IWeightMatrix
{
    // Panels have as many rows as a vector has lanes; a matrix that is computed as a whole has its rows.
    private const int LargestPanel = 4096;
    private const long MostOwnBytes = 1L << 48;
    private const int LongestKernelName = 200;

    private readonly PluginInfo _plugin;
    private readonly string _tensor;
    private readonly IWeightMatrix _matrix;

    /// <exception cref="InvalidOperationException">It is no matrix that the host can multiply with.</exception>
    public GuardedMatrix(PluginInfo plugin, in WeightSource source, IWeightMatrix matrix)
    {
        _plugin = plugin;
        _tensor = source.Name;
        _matrix = matrix;
        Rows = matrix.Rows;
        Columns = matrix.Columns;
        Reads = matrix.Reads;
        RowGranularity = matrix.RowGranularity;
        ReadsSource = matrix.ReadsSource;
        Simd = matrix.Simd;
        Kernel = matrix.Kernel;
        OwnBytes = matrix.OwnBytes;
        if (Rows != source.Rows || Columns != source.Columns || RowGranularity < 1 || RowGranularity > Math.Max(Rows, LargestPanel))
        {
            throw new InvalidOperationException(
                $"it returns a matrix of {Rows} x {Columns} in tiles of {RowGranularity} for one of {source.Rows} x {source.Columns}");
        }

        if ((Reads & ~(ActivationParts.Values | ActivationParts.Q8)) != 0 || Reads == ActivationParts.None)
        {
            throw new InvalidOperationException($"its matrix reads parts of its input ({Reads}) that there are not");
        }

        if (Simd is { } simd && !Enum.IsDefined(simd))
        {
            throw new InvalidOperationException($"its matrix computes with the instruction set {simd}, which there is not");
        }

        if (Kernel is not { Length: <= LongestKernelName } || OwnBytes is < 0 or > MostOwnBytes)
        {
            throw new InvalidOperationException(
                $"its matrix says that it holds {OwnBytes} bytes with a kernel whose name has {Kernel?.Length ?? 0} characters");
        }
    }

    public int Rows { get; }

    public int Columns { get; }

    public ActivationParts Reads { get; }

    public int RowGranularity { get; }

    public bool ReadsSource { get; }

    public SimdLevel? Simd { get; }

    public string Kernel { get; }

    public long OwnBytes { get; }

    public void Multiply(in ActivationBatch x, in OutputTile y)
    {
        try
        {
            _matrix.Multiply(x, y);
        }
        catch (Exception e) when (PluginFailure.IsUnexplained(e))
        {
            throw PluginFailure.Of(_plugin, $"to multiply with the tensor '{_tensor}'", e);
        }
    }

    public void Dispose()
    {
        try
        {
            _matrix.Dispose();
        }
        catch (Exception e) when (PluginFailure.IsUnexplained(e))
        {
            throw PluginFailure.Of(_plugin, $"to free the tensor '{_tensor}'", e);
        }
    }
}
