using BenchmarkDotNet.Attributes;
using Tessera.Compute;
using Tessera.Compute.Operations;

namespace Tessera.Kernels.Benchmarks;

/// <summary>Turning activations into 8-bit integers, on one thread.</summary>
public class EncodingBenchmarks : IDisposable
{
    private readonly WorkerPool _pool = new(1);
    private readonly ActivationEncoder _encoder = new();
    private readonly RandomTensor _x = new();

    /// <summary>Tokens.</summary>
    [Params(1, 64)]
    public int Tokens { get; set; }

    /// <summary>Values per token.</summary>
    [Params(4096)]
    public int Width { get; set; }

    [GlobalSetup]
    public void Setup() => _x.Fill(Tokens, Width);

    [GlobalCleanup]
    public void Dispose()
    {
        _pool.Dispose();
        _encoder.Dispose();
        _x.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public int Encode() => _encoder.Encode(_pool, _x.Tensor).QuantStride;
}
