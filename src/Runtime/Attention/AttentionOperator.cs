using Tessera.Architectures;
using Tessera.Numerics;
using Tessera.Runtime.Memory;
using Tessera.Runtime.Processor;
using Tessera.Runtime.State;
using Tessera.Runtime.Threads;

namespace Tessera.Runtime.Attention;

/// <summary>
/// <c>softmax(q k^T * scale) v</c> for every head and token over the cached positions up to the token's own. Positions are attended to in chunks, each
/// relative to its largest score (Dao 2023, "Flash-Decoding"), which are merged in their order. The arithmetic of a row is the same in every tile,
/// and chunks begin at fixed positions: a token's result depends neither on its batch nor on the threads.
/// </summary>
/// <param name="simd">The best instruction set to use.</param>
/// <param name="machineCode">Runs assembled products, or null.</param>
internal sealed unsafe class AttentionOperator(SimdLevel simd, IMachineCode? machineCode = null) : Operation, IDisposable
{
    // With fewer tiles for each thread, threads would wait for the last ones: chunks are shared out instead.
    private const int TilesPerThread = 8;

    private readonly NativeBuffer _partials = new();
    private AttentionKernel? _kernel;
    private KvCacheType _type;
    private AttentionScratch[] _scratch = [];
    private int[] _chunksDone = [];
    private KvCache _cache = null!;
    private int _layer;
    private int _firstPosition;
    private Tensor _q;
    private Tensor _y;
    private float _scale;
    private int _rowsPerToken;
    private int _tileTokens;
    private int _tiles;
    private int _chunks;
    private bool _split;
    private int _threads;

    public AttentionOperator()
        : this(ProcessorFeatures.BestSimd)
    {
    }

    private int TileRows => Padded(_tileTokens * _rowsPerToken);

    public void Run(WorkerPool pool, KvCache cache, int layer, int firstPosition, Tensor q, float scale, Tensor y)
    {
        (_cache, _layer, _firstPosition, _q, _scale, _y) = (cache, layer, firstPosition, q, scale, y);
        if (_kernel is null || _type != cache.Type)
        {
            (_kernel as IDisposable)?.Dispose();
            (_kernel, _type) = (AttentionKernel.For(cache.Type, simd, machineCode), cache.Type);
        }

        _rowsPerToken = q.Columns / cache.Shape.KeyLength / cache.Shape.KvHeads;
        _tileTokens = Math.Min(q.Rows, Math.Max(1, AttentionTile.TargetRows / _rowsPerToken));
        _tiles = checked((q.Rows + _tileTokens - 1) / _tileTokens * cache.Shape.KvHeads);
        _chunks = (int)(((long)firstPosition + q.Rows + AttentionTile.ChunkPositions - 1) / AttentionTile.ChunkPositions);
        _split = pool.Threads > 1 && _chunks > 1 && _tiles < TilesPerThread * pool.Threads;
        _threads = pool.Threads;
        Reserve();
        pool.Run(this, _split ? checked(_tiles * _chunks) : _tiles);
    }

    public override void Execute(int item)
    {
        AttentionScratch scratch = TakeScratch();
        try
        {
            // The last tokens have the longest way to look back: they go first.
            (int tile, int chunk) = _split ? Math.DivRem(item, _chunks) : (item, 0);
            Execute(_tiles - 1 - tile, chunk, scratch);
        }
        finally
        {
            scratch.GiveBack();
        }
    }

    public void Dispose()
    {
        _partials.Dispose();
        (_kernel as IDisposable)?.Dispose();
        foreach (AttentionScratch scratch in _scratch)
        {
            scratch.Dispose();
        }
    }

    private static int Padded(int rows) => (rows + AttentionTile.GroupRows - 1) / AttentionTile.GroupRows * AttentionTile.GroupRows;

    private void Execute(int index, int chunk, AttentionScratch scratch)
    {
        (int tokens, int kvHead) = Math.DivRem(index, _cache.Shape.KvHeads);
        int token = tokens * _tileTokens;
        AttentionTile tile = TileOf(token, kvHead, scratch);
        if (!_split)
        {
            PackQueries(tile, token, kvHead);
            tile.NextKeys = tile.KeysOf(1);
            _kernel!.Attend(tile, 0, scratch.Sums);
            for (int next = 1; next < tile.Chunks; next++)
            {
                tile.NextKeys = tile.KeysOf(next + 1);
                _kernel.Attend(tile, next, scratch.Next);
                _kernel.Merge(tile, next, scratch.Next, scratch.Sums);
            }

            Finish(tile, scratch.Sums, token, kvHead);
        }
        else if (chunk < tile.Chunks)
        {
            if (scratch.PackedTile != index)
            {
                PackQueries(tile, token, kvHead);
                scratch.PackedTile = index;
            }

            tile.NextKeys = KeysAfter(tile, index, chunk);
            _kernel!.Attend(tile, chunk, PartialOf(index, chunk));
            if (Interlocked.Increment(ref _chunksDone[index]) == tile.Chunks)
            {
                AttentionSums sums = PartialOf(index, 0);
                for (int next = 1; next < tile.Chunks; next++)
                {
                    _kernel.Merge(tile, next, PartialOf(index, next), sums);
                }

                Finish(tile, sums, token, kvHead);
            }
        }
    }

    /// <summary>Threads take items in turns, so the next one is as many items ahead as there are threads.</summary>
    private byte* KeysAfter(in AttentionTile tile, int index, int chunk)
    {
        (int tiles, int next) = Math.DivRem(chunk + _threads, _chunks);
        return tiles == 0 || tiles > index ? tile.KeysOf(next) : TileOf(0, (index - tiles) % _cache.Shape.KvHeads, _scratch[0]).KeysOf(next);
    }

    private AttentionTile TileOf(int token, int kvHead, AttentionScratch scratch) => new()
    {
        Rows = Math.Min(_tileTokens, _q.Rows - token) * _rowsPerToken,
        RowsPerToken = _rowsPerToken,
        FirstPosition = _firstPosition + token,
        Queries = scratch.Queries,
        KeyLength = _cache.Shape.KeyLength,
        ValueLength = _cache.Shape.ValueLength,
        Keys = _cache.Keys(_layer, kvHead),
        KeyBlockBytes = _cache.KeyBlockBytes,
        Values = _cache.Values(_layer, kvHead),
        ValueBlockBytes = _cache.ValueBlockBytes,
        Scale = _scale,
        Scores = scratch.Scores,
        KeyPanel = scratch.KeyPanel,
        ValuePanel = scratch.ValuePanel,
    };

    private void PackQueries(in AttentionTile tile, int token, int kvHead)
    {
        new Span<float>(tile.QueriesOfGroup(tile.Groups - 1), tile.GroupLength).Clear();
        for (int row = 0; row < tile.Rows; row++)
        {
            (int rowToken, int head) = Math.DivRem(row, _rowsPerToken);
            float* query = _q.Data + ((long)(token + rowToken) * _q.Columns) + (((nint)kvHead * _rowsPerToken + head) * tile.KeyLength);
            _kernel!.PackQuery(query, tile, row);
        }
    }

    private void Finish(in AttentionTile tile, AttentionSums sums, int token, int kvHead)
    {
        for (int row = 0; row < tile.Rows; row++)
        {
            (int rowToken, int head) = Math.DivRem(row, _rowsPerToken);
            float* y = _y.Data + ((long)(token + rowToken) * _y.Columns) + (((nint)kvHead * _rowsPerToken + head) * tile.ValueLength);
            _kernel!.Finish(sums, row, tile.ValueLength, y);
        }
    }

    private AttentionSums PartialOf(int tile, int chunk)
    {
        int length = KvLayout.Padded(_cache.Shape.ValueLength);
        long partial = ((long)tile * _chunks) + chunk;
        return new AttentionSums((float*)_partials.Data + (partial * AttentionSums.Length(TileRows, length)), TileRows, length);
    }

    private void Reserve()
    {
        int length = KvLayout.Padded(_cache.Shape.ValueLength);
        while (_scratch.Length < _threads)
        {
            _scratch = [.. _scratch, new AttentionScratch()];
        }

        foreach (AttentionScratch scratch in _scratch)
        {
            scratch.Reserve(TileRows, _cache.Shape.KeyLength, length);
        }

        if (_split)
        {
            _partials.Reserve((long)_tiles * _chunks * AttentionSums.Length(TileRows, length) * sizeof(float));
            if (_chunksDone.Length < _tiles)
            {
                _chunksDone = new int[_tiles];
            }

            Array.Clear(_chunksDone);
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
}
