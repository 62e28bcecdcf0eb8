using BenchmarkDotNet.Attributes;
using Tessera.Numerics;
using Tessera.Runtime.Matrices;
using Tessera.Runtime.Threads;

namespace Tessera.Kernels.Benchmarks;

/// <summary>Turning activations into 8-bit integers.</summary>
public class EncodingBenchmarks : IDisposable
{
    private WorkerPool _pool = null!;
    private readonly ActivationEncoder _encoder = new();
    private readonly RandomRows _x = new();

    /// <summary>Threads.</summary>
    [Params(1, 2)]
    public int Threads { get; set; }

    /// <summary>Tokens.</summary>
    [Params(1, 64)]
    public int Tokens { get; set; }

    /// <summary>Values per token.</summary>
    [Params(2048, 5632)]
    public int Width { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _pool = new WorkerPool(Threads);
        _x.Fill(Tokens, Width);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _pool.Dispose();
        _encoder.Dispose();
        _x.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public int Encode() => _encoder.Encode(_pool, _x.Rows, ActivationParts.Q8).QuantStride;
}
