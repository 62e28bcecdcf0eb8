using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Tessera.Catalog;
using Tessera.Gguf;
using Tessera.ModelFactory;
using Tessera.Numerics;
using Tessera.Plugins;
using Tessera.Quantization;
using Tessera.Runtime.Matrices;
using Tessera.Runtime.Memory;
using Tessera.Runtime.Processor;
using Tessera.Runtime.Threads;

namespace Tessera.Kernels.Benchmarks;

/// <summary>A format's matrix product on one thread, for every instruction set that this processor has.</summary>
public unsafe class MatrixBenchmarks : IDisposable
{
    internal const int Rows = 4096;
    internal const int Columns = 4096;

    private static readonly PluginCatalog s_plugins = PluginCatalog.Load(new PluginOptions(), NullLoggerFactory.Instance);

    private readonly WorkerPool _pool = new(1);
    private readonly ActivationEncoder _encoder = new();
    private readonly NativeBuffer _weights = new();
    private readonly RandomRows _x = new();
    private readonly RandomRows _y = new();
    private IWeightMatrix _matrix = null!;
    private ActivationBatch _batch;

    /// <summary>The format.</summary>
    [ParamsSource(nameof(Formats))]
    public GgmlType Format { get; set; }

    /// <summary>The best instruction set that its kernels may use.</summary>
    [ParamsSource(nameof(Levels))]
    public SimdLevel Simd { get; set; }

    /// <summary>Tokens that are multiplied together.</summary>
    [Params(1, 4, 64)]
    public int Tokens { get; set; }

    public static IEnumerable<GgmlType> Formats => Mixture.All.Select(m => m.Most).Distinct().Where(type => s_plugins.TryGetQuantFormat(type, out _));

    public static IEnumerable<SimdLevel> Levels => Enum.GetValues<SimdLevel>().Where(level => level <= ProcessorFeatures.BestSimd);

    [GlobalSetup]
    public void Setup()
    {
        RandomBlocks blocks = RandomBlocks.For(Format);
        long bytes = blocks.Length((long)Rows * Columns);
        _weights.Reserve(bytes);
        using (var stream = new UnmanagedMemoryStream(_weights.Data, bytes, bytes, FileAccess.Write))
        {
            blocks.Write(stream, (long)Rows * Columns, seed: 1);
        }

        s_plugins.TryGetQuantFormat(Format, out PluginPart<IQuantFormat>? format);
        var source = new WeightSource { Name = Format.ToString(), Rows = Rows, Columns = Columns, Data = _weights.Data, RowBytes = bytes / Rows };
        _matrix = format!.Value.Bind(source, new KernelOptions(Simd));
        ActivationRows x = _x.Fill(Tokens, Columns);
        _batch = _encoder.Encode(_pool, x, _matrix.Reads);
        _y.Fill(Tokens, Rows);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _matrix.Dispose();
        _pool.Dispose();
        _encoder.Dispose();
        _weights.Dispose();
        _x.Dispose();
        _y.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public void Multiply() => _matrix.Multiply(_batch, new OutputTile { Values = _y.Rows.Data, Stride = Rows, FirstRow = 0, RowCount = Rows });
}
