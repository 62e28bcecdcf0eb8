using Tessera.Architectures;
using Tessera.Numerics;
using Tessera.Runtime.Batches;
using Tessera.Runtime.Memory;
using Tessera.Runtime.Operators;
using Tessera.Runtime.Processor;
using Tessera.Runtime.State;
using Tessera.Runtime.Threads;

namespace Tessera.Runtime.Attention;

/// <summary>
/// <c>softmax(q k^T * scale) v</c> for every head and token of a batch over the cached positions that the token sees. Positions are attended to in chunks, each
/// relative to its largest score (Dao 2023, "Flash-Decoding"), which are merged in their order. A chunk is a page. The arithmetic of a row is the same in
/// every tile, and chunks begin at fixed positions: a token's result depends neither on its batch nor on the threads.
/// </summary>
/// <param name="simd">The best instruction set to use.</param>
/// <param name="machineCode">Runs assembled products, or null.</param>
internal sealed unsafe class AttentionOperator(SimdLevel simd, IMachineCode? machineCode = null) : Operation, IDisposable
{
    // With fewer tiles for each thread, threads would wait for the last ones: chunks are shared out instead.
    private const int TilesPerThread = 8;

    private readonly NativeBuffer _partials = new();
    private readonly NativeBuffer _slopes = new();
    private AttentionKernel? _kernel;
    private KvCacheType _type;
    private AttentionScratch[] _scratch = [];
    private TileWork[] _tiles = [];
    private int[] _chunksDone = [];
    private CacheState _cache = null!;
    private CachePlace _place;
    private AttentionRule _rule = null!;
    private ActivationRows _q;
    private ActivationRows _y;
    private int _rowsPerToken;
    private int _tileCount;
    private int _tileRows;
    private bool _split;
    private int _threads;

    public AttentionOperator()
        : this(ProcessorFeatures.BestSimd)
    {
    }

    public void Run(WorkerPool pool, BatchRows batch, CacheState cache, AttentionRule rule, ActivationRows q, ActivationRows y)
    {
        if (batch.Count == 0)
        {
            return;
        }

        PageLayout layout = batch.Parts[0].Sequence.Pool.Layout;
        (_cache, _place, _rule, _q, _y, _threads) = (cache, layout.PlaceOf(cache), rule, q, y, pool.Threads);
        if (_kernel is null || _type != layout.Type)
        {
            (_kernel as IDisposable)?.Dispose();
            (_kernel, _type) = (AttentionKernel.For(layout.Type, simd, machineCode), layout.Type);
        }

        _rowsPerToken = q.Columns / cache.KeyLength / cache.Heads;
        int items = LayOut(batch, pool.Threads);
        Reserve(items);
        pool.Run(this, items);
    }

    public override void Execute(int item)
    {
        AttentionScratch scratch = TakeScratch();
        try
        {
            // The last tokens have the longest way to look back: they go first.
            int index = _split ? TileOfItem(item) : _tileCount - 1 - item;
            Execute(index, item - _tiles[index].FirstItem, scratch);
        }
        finally
        {
            scratch.GiveBack();
        }
    }

    public void Dispose()
    {
        _partials.Dispose();
        _slopes.Dispose();
        (_kernel as IDisposable)?.Dispose();
        foreach (AttentionScratch scratch in _scratch)
        {
            scratch.Dispose();
        }
    }

    private static int Padded(int rows) => (rows + AttentionTile.GroupRows - 1) / AttentionTile.GroupRows * AttentionTile.GroupRows;

    /// <summary>Cuts the batch into tiles, sequence by sequence.</summary>
    /// <returns>The number of items.</returns>
    private int LayOut(BatchRows batch, int threads)
    {
        int tileTokens = Math.Max(1, AttentionTile.TargetRows / _rowsPerToken);
        _tileCount = 0;
        int longest = 0;
        foreach (BatchRows.Part part in batch.Parts)
        {
            longest = Math.Max(longest, Math.Min(part.Count, tileTokens));
            _tileCount += (part.Count + tileTokens - 1) / tileTokens * _cache.Heads;
        }

        _tileRows = Padded(longest * _rowsPerToken);
        if (_tiles.Length < _tileCount)
        {
            (_tiles, _chunksDone) = (new TileWork[_tileCount], new int[_tileCount]);
        }

        int tile = 0;
        int chunks = 0;
        foreach (BatchRows.Part part in batch.Parts)
        {
            var span = new AttentionSpan(_rule, part.FirstPosition + part.Count);
            PageTable pages = part.Sequence.Tables[_place.Group];
            for (int token = 0; token < part.Count; token += tileTokens)
            {
                int tokens = Math.Min(tileTokens, part.Count - token);
                int position = part.FirstPosition + token;
                int first = span.First(position) / AttentionTile.ChunkPositions;
                int end = (span.End(position + tokens - 1) + AttentionTile.ChunkPositions - 1) / AttentionTile.ChunkPositions;
                for (int head = 0; head < _cache.Heads; head++)
                {
                    _tiles[tile++] = new TileWork(pages.Addresses, span, part.FirstRow + token, tokens, position, head, first, end, chunks);
                    chunks += end - first;
                }
            }
        }

        _split = threads > 1 && chunks > _tileCount && _tileCount < TilesPerThread * threads;
        return _split ? chunks : _tileCount;
    }

    /// <summary>Where chunks are shared out, an item is one of them.</summary>
    private int TileOfItem(int item)
    {
        int index = _tileCount - 1;
        while (_tiles[index].FirstItem > item)
        {
            index--;
        }

        return index;
    }

    private void Execute(int index, int chunkOfTile, AttentionScratch scratch)
    {
        ref readonly TileWork work = ref _tiles[index];
        AttentionTile tile = TileOf(work, scratch);
        if (!_split)
        {
            PackQueries(tile, work);
            AttendAll(ref tile, scratch);
            Finish(tile, scratch.Sums, work);
            return;
        }

        if (scratch.PackedTile != index)
        {
            PackQueries(tile, work);
            scratch.PackedTile = index;
        }

        int chunk = work.FirstChunk + chunkOfTile;
        tile.NextKeys = KeysAfter(work.FirstItem + chunkOfTile);
        _kernel!.Attend(tile, chunk, PartialOf(work.FirstItem + chunkOfTile));
        if (Interlocked.Increment(ref _chunksDone[index]) == work.EndChunk - work.FirstChunk)
        {
            AttentionSums sums = PartialOf(work.FirstItem);
            for (int next = work.FirstChunk + 1; next < work.EndChunk; next++)
            {
                _kernel.Merge(tile, next, PartialOf(work.FirstItem + next - work.FirstChunk), sums);
            }

            Finish(tile, sums, work);
        }
    }

    private void AttendAll(ref AttentionTile tile, AttentionScratch scratch)
    {
        int first = tile.FirstChunk;
        tile.NextKeys = tile.KeysOf(first + 1);
        _kernel!.Attend(tile, first, scratch.Sums);
        for (int next = first + 1; next < tile.EndChunk; next++)
        {
            tile.NextKeys = tile.KeysOf(next + 1);
            _kernel.Attend(tile, next, scratch.Next);
            _kernel.Merge(tile, next, scratch.Next, scratch.Sums);
        }
    }

    /// <summary>Threads take items in turns, so the next one is as many items ahead as there are threads.</summary>
    private byte* KeysAfter(int item)
    {
        int next = item + _threads;
        ref readonly TileWork last = ref _tiles[_tileCount - 1];
        if (next >= last.FirstItem + last.EndChunk - last.FirstChunk)
        {
            return null;
        }

        ref readonly TileWork work = ref _tiles[TileOfItem(next)];
        return work.Pages[work.FirstChunk + next - work.FirstItem] + _place.KeysOf(work.Head);
    }

    private AttentionTile TileOf(in TileWork work, AttentionScratch scratch) => new()
    {
        Rows = work.Tokens * _rowsPerToken,
        RowsPerToken = _rowsPerToken,
        FirstPosition = work.FirstPosition,
        Span = work.Span,
        Queries = scratch.Queries,
        KeyLength = _cache.KeyLength,
        ValueLength = _cache.ValueLength,
        Pages = work.Pages,
        KeysInPage = _place.KeysOf(work.Head),
        KeyBlockBytes = _place.KeyBlockBytes,
        ValuesInPage = _place.ValuesOf(work.Head),
        ValueBlockBytes = _place.ValueBlockBytes,
        Scale = _rule.Scale,
        SoftCap = _rule.SoftCap,
        Slopes = _rule.Slopes is null ? null : (float*)_slopes.Data + ((nint)work.Head * _rowsPerToken),
        Scores = scratch.Scores,
        KeyPanel = scratch.KeyPanel,
        ValuePanel = scratch.ValuePanel,
    };

    private void PackQueries(in AttentionTile tile, in TileWork work)
    {
        new Span<float>(tile.QueriesOfGroup(tile.Groups - 1), tile.GroupLength).Clear();
        for (int row = 0; row < tile.Rows; row++)
        {
            (int token, int head) = Math.DivRem(row, _rowsPerToken);
            _kernel!.PackQuery(_q.PointerTo(work.FirstRow + token) + (((nint)work.Head * _rowsPerToken + head) * tile.KeyLength), tile, row);
        }
    }

    private void Finish(in AttentionTile tile, AttentionSums sums, in TileWork work)
    {
        float[]? sinks = (_rule.Sinks as WeightVector)?.Values;
        for (int row = 0; row < tile.Rows; row++)
        {
            (int token, int headOfGroup) = Math.DivRem(row, _rowsPerToken);
            int head = (work.Head * _rowsPerToken) + headOfGroup;
            float* y = _y.PointerTo(work.FirstRow + token) + ((nint)head * tile.ValueLength);
            _kernel!.Finish(sums, row, tile.ValueLength, sinks is null ? float.NegativeInfinity : sinks[head], y);
        }
    }

    private AttentionSums PartialOf(int item)
    {
        int length = KvLayout.Padded(_cache.ValueLength);
        return new AttentionSums((float*)_partials.Data + (item * AttentionSums.Length(_tileRows, length)), _tileRows, length);
    }

    private void Reserve(int items)
    {
        int length = KvLayout.Padded(_cache.ValueLength);
        while (_scratch.Length < _threads)
        {
            _scratch = [.. _scratch, new AttentionScratch()];
        }

        foreach (AttentionScratch scratch in _scratch)
        {
            scratch.Reserve(_tileRows, _cache.KeyLength, length);
        }

        if (_split)
        {
            _partials.Reserve(items * AttentionSums.Length(_tileRows, length) * sizeof(float));
            Array.Clear(_chunksDone);
        }

        if (_rule.Slopes is { } slopes)
        {
            var copy = new Span<float>(_slopes.Reserve(slopes.Count * sizeof(float)), slopes.Count);
            for (int i = 0; i < copy.Length; i++)
            {
                copy[i] = slopes[i];
            }
        }
    }

    /// <summary>A thread finds the scratch memory that it had before, as long as the threads' ids follow each other.</summary>
    private AttentionScratch TakeScratch()
    {
        for (int i = Environment.CurrentManagedThreadId; ; i++)
        {
            AttentionScratch scratch = _scratch[i % _scratch.Length];
            if (scratch.TryTake())
            {
                return scratch;
            }
        }
    }

    /// <summary>The query heads of a KV head, of some tokens of a sequence.</summary>
    private readonly struct TileWork(
        byte** pages, AttentionSpan span, int firstRow, int tokens, int firstPosition, int head, int firstChunk, int endChunk, int firstItem)
    {
        public readonly byte** Pages = pages;
        public readonly AttentionSpan Span = span;
        public readonly int FirstRow = firstRow;
        public readonly int Tokens = tokens;
        public readonly int FirstPosition = firstPosition;
        public readonly int Head = head;
        public readonly int FirstChunk = firstChunk;
        public readonly int EndChunk = endChunk;

        /// <summary>Chunks of the tiles before it.</summary>
        public readonly int FirstItem = firstItem;
    }
}
