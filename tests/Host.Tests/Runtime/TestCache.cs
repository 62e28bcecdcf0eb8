using Tessera.Architectures;
using Tessera.Numerics;
using Tessera.Runtime.Attention;
using Tessera.Runtime.Batches;
using Tessera.Runtime.Processor;
using Tessera.Runtime.State;
using Tessera.Runtime.Threads;

namespace Tessera.Host.Tests.Runtime;

/// <summary>
/// A sequence with one cache, filled and attended to without a model, from keys and values for all its positions. The cache is the second of its kind, as in a
/// model's second layer.
/// </summary>
internal sealed class TestCache : IDisposable
{
    private readonly BatchRows _batch = new();
    private readonly CacheAppend _append = new();
    private readonly WorkerPool _pool;
    private readonly TestTensor _k;
    private readonly TestTensor _v;

    public TestCache(WorkerPool pool, int heads, TestTensor k, TestTensor v, KvCacheType type, int window = 0)
    {
        (_pool, _k, _v) = (pool, k, v);
        var states = new DeclaredStates();
        states.AddCache(heads, k.Tensor.Columns / heads, v.Tensor.Columns / heads, window);
        State = (CacheState)states.AddCache(heads, k.Tensor.Columns / heads, v.Tensor.Columns / heads, window);
        Pool = new StatePool(states, type, long.MaxValue, () => new byte[32]);
        Sequence = Pool.Create();
    }

    public StatePool Pool { get; }

    public CacheState State { get; }

    public Sequence Sequence { get; }

    /// <summary>Remembers tokens up to a position, and forgets those from it on.</summary>
    public void MoveTo(int position)
    {
        Sequence.Rewind(Math.Min(position, Sequence.Tokens.Count));
        int first = Sequence.Tokens.Count;
        if (first < position)
        {
            Remember(first, position - first);
            Sequence.Append(new int[position - first]);
        }
    }

    /// <summary>Runs tokens as a batch: remembers their keys and values and attends to all up to them.</summary>
    public float[] Attend(
        TestTensor q, int before, int tokens, AttentionRule rule, SimdLevel? level = null, IMachineCode? machineCode = null, WorkerPool? pool = null)
    {
        using var attention = new AttentionOperator(level ?? ProcessorFeatures.BestSimd, machineCode);
        using var y = new TestTensor(tokens, q.Tensor.Columns / State.KeyLength * State.ValueLength);
        Attend(attention, q, before, y, rule, pool);
        return y.Values.ToArray();
    }

    public void Attend(AttentionOperator attention, TestTensor q, int before, TestTensor y, AttentionRule rule, WorkerPool? pool = null)
    {
        MoveTo(before);
        int tokens = y.Tensor.Rows;
        Remember(before, tokens);
        attention.Run(pool ?? _pool, _batch, State, rule, q.Rows(before, tokens), y.Tensor);
        Sequence.Append(new int[tokens]);
    }

    /// <summary>Computes the last batch again, from the start of the sequence.</summary>
    public void RunAgain(AttentionOperator attention, TestTensor q, TestTensor y, AttentionRule rule)
    {
        _append.Run(_pool, _batch, State, _k.Tensor, _v.Tensor);
        attention.Run(_pool, _batch, State, rule, q.Tensor, y.Tensor);
    }

    public void Dispose() => Sequence.Dispose();

    private void Remember(int first, int count)
    {
        Sequence.Reserve(count);
        _batch.Fill([new BatchPart(Sequence, new int[count], 0)]);
        _append.Run(_pool, _batch, State, _k.Rows(first, count), _v.Rows(first, count));
    }
}
