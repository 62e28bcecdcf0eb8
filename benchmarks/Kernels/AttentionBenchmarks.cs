using BenchmarkDotNet.Attributes;
using Tessera.Architectures;
using Tessera.Runtime.Attention;
using Tessera.Runtime.Batches;
using Tessera.Runtime.Memory;
using Tessera.Runtime.Processor;
using Tessera.Runtime.State;
using Tessera.Runtime.Threads;

namespace Tessera.Kernels.Benchmarks;

/// <summary>One layer's attention of TinyLlama's shape (32 heads of 64, 4 KV heads) over positions that are in the cache, on one thread.</summary>
public class AttentionBenchmarks : IDisposable
{
    private const int Heads = 32;
    private const int KvHeads = 4;
    private const int HeadLength = 64;

    private readonly WorkerPool _pool = new(1);
    private readonly BatchRows _batch = new();
    private readonly CacheAppend _append = new();
    private readonly AttentionOperator _attention = new(ProcessorFeatures.BestSimd, ProcessorFeatures.MachineCode);
    private readonly RandomRows _queries = new();
    private readonly RandomRows _keys = new();
    private readonly RandomRows _values = new();
    private readonly NativeBuffer _results = new();
    private CacheState _cache = null!;
    private Sequence _sequence = null!;
    private ActivationRows _y;

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
    public unsafe void Setup()
    {
        var states = new DeclaredStates();
        _cache = (CacheState)states.AddCache(KvHeads, HeadLength, HeadLength, window: 0);
        _sequence = new StatePool(states, Enum.Parse<KvCacheType>(Cache), long.MaxValue, () => new byte[32]).Create();
        Remember(Depth);
        _sequence.Append(new int[Depth]);
        _queries.Fill(Tokens, Heads * HeadLength);
        _y = new ActivationRows((float*)_results.Reserve((long)Tokens * Heads * HeadLength * sizeof(float)), Tokens, Heads * HeadLength, Heads * HeadLength);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _sequence.Dispose();
        _attention.Dispose();
        _queries.Dispose();
        _keys.Dispose();
        _values.Dispose();
        _results.Dispose();
        _pool.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public int Attend()
    {
        Remember(Tokens);
        _attention.Run(_pool, _batch, _cache, new AttentionRule(0.125f), _queries.Rows, _y);
        return _y.Rows;
    }

    private void Remember(int tokens)
    {
        _sequence.Reserve(tokens);
        _batch.Fill([new BatchPart(_sequence, new int[tokens], 0)]);
        if (_keys.Rows.Rows != tokens)
        {
            _keys.Fill(tokens, KvHeads * HeadLength);
            _values.Fill(tokens, KvHeads * HeadLength);
        }

        _append.Run(_pool, _batch, _cache, _keys.Rows, _values.Rows);
    }
}
