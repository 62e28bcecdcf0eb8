using BenchmarkDotNet.Attributes;
using Tessera.Runtime.Threads;

namespace Tessera.Kernels.Benchmarks;

/// <summary>What an operation costs that does nothing: handing it to the threads, and waiting for them.</summary>
public class BarrierBenchmarks : IDisposable
{
    private readonly Nothing _nothing = new();
    private WorkerPool _pool = null!;

    /// <summary>Threads, the caller's included.</summary>
    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup() => _pool = new WorkerPool(Threads);

    [GlobalCleanup]
    public void Dispose()
    {
        _pool.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public void Run() => _pool.Run(_nothing, Threads);

    private sealed class Nothing : Operation
    {
        public override void Execute(int item)
        {
        }
    }
}
