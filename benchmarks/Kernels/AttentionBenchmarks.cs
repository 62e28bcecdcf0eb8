using BenchmarkDotNet.Attributes;
using Tessera.Architectures;
using Tessera.Runtime;
using Tessera.Runtime.Processor;
using Tessera.Runtime.State;
using Tessera.Runtime.Threads;

namespace Tessera.Kernels.Benchmarks;

/// <summary>One layer's attention of TinyLlama's shape (32 heads of 64, 4 KV heads) over positions that are in the cache, on one thread.</summary>
public class AttentionBenchmarks : IDisposable
{
    private const int Heads = 32;
    private const int FillTokens = 512;

    private static readonly ModelShape s_shape = new() { Vocabulary = 1, ContextLength = 1 << 20, Layers = 1, KvHeads = 4, KeyLength = 64, ValueLength = 64 };

    private readonly WorkerPool _pool = new(1);
    private readonly LayerOfAttention _layer = new(s_shape, Heads);
    private KvCache _cache = null!;
    private ForwardPass _pass = null!;
    private int[] _ids = [];

    /// <summary>How keys and values are stored.</summary>
    [ParamsSource(nameof(CacheTypes))]
    public string Cache { get; set; } = "";

    /// <summary>Positions before the batch.</summary>
    [Params(512, 4096)]
    public int Depth { get; set; }

    /// <summary>Tokens in the batch.</summary>
    [Params(1, 64)]
    public int Tokens { get; set; }

    public static IEnumerable<string> CacheTypes => Enum.GetNames<KvCacheType>();

    [GlobalSetup]
    public void Setup()
    {
        _cache = new KvCache(s_shape, Depth + Tokens, Enum.Parse<KvCacheType>(Cache));
        _pass = new ForwardPass(_pool, _cache, ProcessorFeatures.MachineCode);
        for (int position = 0; position < Depth; position += FillTokens)
        {
            _layer.Prepare(FillTokens);
            _pass.Run(_layer, new int[FillTokens], position, FillTokens);
        }

        _layer.Prepare(Tokens);
        _ids = new int[Tokens];
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _pass.Dispose();
        _cache.Dispose();
        _layer.Dispose();
        _pool.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public int Attend() => _pass.Run(_layer, _ids, Depth, Tokens).Rows;
}
