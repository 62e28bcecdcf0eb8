using System.Runtime.InteropServices;
using Tessera.Memory;
using Tessera.Numerics;
using Tessera.Quantization;

namespace Tessera.Kernels;

/// <summary>A matrix whose rows were copied into panels, with a format's kernel. It reads the file only while it is made.</summary>
public sealed unsafe class PackedMatrix : IWeightMatrix
{
    /// <summary>Panels that stay in a core's second-level cache while all tokens pass by.</summary>
    private const int BytesInCache = 384 * 1024;

    /// <summary>Room for the widest panel times the widest token tile.</summary>
    private const int MaxTile = 512;

    private readonly PackedKernel _kernel;
    private readonly int _blocks;
    private readonly long _panelBytes;
    private readonly int _rowsInCache;
    private readonly SystemMemory _memory;

    /// <summary>Copies a matrix into panels, with all processors.</summary>
    /// <param name="source">The matrix in the file.</param>
    /// <param name="block">The format's block.</param>
    /// <param name="kernel">The layout and kernel for the machine's instruction set.</param>
    /// <exception cref="TesseraException">The rows are not whole blocks.</exception>
    public PackedMatrix(in WeightSource source, BlockGeometry block, PackedKernel kernel)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(kernel.PanelRows * kernel.TokenTile, MaxTile, nameof(kernel));
        _kernel = kernel;
        _blocks = source.BlocksPerRow(block);
        _panelBytes = (long)_blocks * kernel.PanelBlockBytes;
        _rowsInCache = kernel.PanelRows * (int)Math.Max(1, BytesInCache / _panelBytes);
        Rows = source.Rows;
        Columns = source.Columns;

        int panels = (Rows + kernel.PanelRows - 1) / kernel.PanelRows;
        OwnBytes = panels * _panelBytes;
        _memory = new SystemMemory(OwnBytes, SystemMemory.Models, largePages: true);
        WeightSource rows = source;
        if (source.ForEachNearby is { } forEach)
        {
            forEach(panels, panel => Pack(rows, panel));
        }
        else
        {
            Parallel.For(0, panels, panel => Pack(rows, panel));
        }
    }

    /// <inheritdoc/>
    public int Rows { get; }

    /// <inheritdoc/>
    public int Columns { get; }

    /// <inheritdoc/>
    public ActivationParts Reads => _kernel.Reads;

    /// <inheritdoc/>
    public int RowGranularity => _kernel.PanelRows;

    /// <inheritdoc/>
    public bool ReadsSource => false;

    /// <inheritdoc/>
    public SimdLevel? Simd => _kernel.Simd;

    /// <inheritdoc/>
    public string Kernel => $"panels of {_kernel.PanelRows} rows x {_kernel.TokenTile} tokens{(_kernel.IsAssembled ? ", assembled" : "")}";

    /// <inheritdoc/>
    public long OwnBytes { get; }

    /// <inheritdoc/>
    public void Multiply(in ActivationBatch x, in OutputTile y)
    {
        int end = y.FirstRow + y.RowCount;
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Columns, Columns, nameof(x));
        ArgumentOutOfRangeException.ThrowIfNegative(y.FirstRow, nameof(y));
        ArgumentOutOfRangeException.ThrowIfNotEqual(y.FirstRow % _kernel.PanelRows, 0, nameof(y));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)end, (uint)Rows, nameof(y));
        ObjectDisposedException.ThrowIf(_memory.IsClosed, this);
        for (int first = y.FirstRow; first < end; first += _rowsInCache)
        {
            int last = Math.Min(first + _rowsInCache, end);
            for (int token = 0; token < x.Tokens; token += _kernel.TokenTile)
            {
                MultiplyTokens(x, token, Math.Min(_kernel.TokenTile, x.Tokens - token), y, first, last);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();

    private void MultiplyTokens(in ActivationBatch x, int token, int count, in OutputTile y, int first, int last)
    {
        float* output = y.Values + ((long)token * y.Stride);
        byte* panel = _memory.First + (first / _kernel.PanelRows * _panelBytes);
        int row = first;
        for (; row <= last - _kernel.PanelRows; row += _kernel.PanelRows, panel += _panelBytes)
        {
            _kernel.Multiply(panel, _blocks, x, token, count, output + row, y.Stride);
        }

        if (row < last)
        {
            float* whole = stackalloc float[MaxTile];
            _kernel.Multiply(panel, _blocks, x, token, count, whole, _kernel.PanelRows);
            for (int t = 0; t < count; t++)
            {
                new Span<float>(whole + (t * _kernel.PanelRows), last - row).CopyTo(new Span<float>(output + ((long)t * y.Stride) + row, last - row));
            }
        }
    }

    private void Pack(in WeightSource source, int panel)
    {
        byte* packed = _memory.First + (panel * _panelBytes);
        int first = panel * _kernel.PanelRows;
        int rows = Math.Min(_kernel.PanelRows, Rows - first);
        if (rows < _kernel.PanelRows)
        {
            NativeMemory.Clear(packed, (nuint)_panelBytes);
        }

        _kernel.Pack(source.Row(first), source.RowBytes, rows, _blocks, packed);
    }
}
