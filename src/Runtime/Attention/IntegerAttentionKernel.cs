using Tessera.Numerics;
using Tessera.Runtime.Processor;
using Tessera.Runtime.State;
using Tessera.Runtime.Vectors;

namespace Tessera.Runtime.Attention;

/// <summary>
/// Attention in 16-bit integers, two products at once. Scores: integers of queries and keys, each vector with a scale of its own. Values: a value's scale
/// goes into the softmax weight, and weights are rounded relative to what a row's weights of the chunk allow. Sums of integers are exact. While the first group
/// reads a chunk's keys, its values are fetched from memory, and from there on the keys of the chunk that comes next.
/// </summary>
/// <param name="machineCode">Runs assembled products of whole groups, or null.</param>
internal sealed unsafe class IntegerAttentionKernel<TLanes, TVector>(IMachineCode? machineCode) : AttentionKernel<TLanes, TVector>, IDisposable
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private const int GroupRows = AttentionTile.GroupRows;
    private const int ChunkPositions = AttentionTile.ChunkPositions;
    private const int Block = KvLayout.BlockPositions;
    private const int Lanes = KvLayout.Lanes;
    private const int PairsOfBlock = Block / 2;

    // Positions whose integers are summed, see IntegerSoftmax.
    private const int SumPositions = 32;
    private const int SumBlocks = SumPositions / Block;

    private const float Log2E = 1.44269504f;

    // A factor of zero times a score of minus infinity would be NaN.
    private const float SmallestFactor = 1e-30f;

    private readonly AssembledPairProduct? _scoreProduct = AssembledPairProduct.TryCreate<QueryRows>(machineCode);
    private readonly AssembledPairProduct? _valueProduct = AssembledPairProduct.TryCreate<WeightRows>(machineCode);

    public override void PackQuery(float* query, in AttentionTile tile, int row)
    {
        float scale = IntegerRounding.ScaleOfKey(query, tile.KeyLength);
        float inverse = MathF.CopySign(IntegerRounding.Inverse(scale), tile.Scale);
        float* queries = tile.QueriesOfGroup(row / GroupRows) + (row % GroupRows);
        *queries = MathF.Max(SmallestFactor, scale * MathF.Abs(tile.Scale) * Log2E);
        int* pairs = (int*)queries + GroupRows;
        short* integers = stackalloc short[Lanes];
        for (int i = 0; i < tile.KeyLength; i += Lanes)
        {
            int count = Math.Min(Lanes, tile.KeyLength - i);
            IntegerRounding.Round(query + i, count, inverse, integers);
            for (int j = 0; j < count; j += 2, pairs += GroupRows)
            {
                *pairs = *(int*)(integers + j);
            }
        }
    }

    public override void Attend(in AttentionTile tile, int chunk, AttentionSums sums)
    {
        float* units = stackalloc float[GroupRows];
        for (int group = 0; group < tile.Groups; group++)
        {
            if (tile.PositionsOfGroup(group, chunk) > 0)
            {
                Score(tile, chunk, group);
                IntegerSoftmax<TLanes, TVector>.Weigh(tile, chunk, group, sums, units);
                Sum(tile, chunk, group, sums, units);
            }
        }
    }

    public void Dispose()
    {
        _scoreProduct?.Dispose();
        _valueProduct?.Dispose();
    }

    private void Score(in AttentionTile tile, int chunk, int group)
    {
        int pairs = (tile.KeyLength + 1) / 2;
        int count = tile.PositionsOfGroup(group, chunk);
        int rows = tile.RowsOfGroup(group);
        float* queries = tile.QueriesOfGroup(group) + GroupRows;
        byte* block = tile.KeysOf(chunk);
        int first = 0;
        if (_scoreProduct is { } product && rows == GroupRows && count > Block)
        {
            int tiles = (count + Block - 1) / AssembledPairProduct.TileColumns;
            var arguments = new AssembledPairProduct.Arguments
            {
                A = queries,
                B = (float*)(block + I16KvEncoding.ScaleBytes),
                Others = tile.KeyBlockBytes,
                Runs = 1,
                Run = pairs,
                Scales = (float*)block,
                Y = tile.Scores,
                Stride = ChunkPositions * sizeof(float),
                Tiles = tiles,
                TileStep = 2 * tile.KeyBlockBytes,
                Ahead = group == 0 ? tile.ValuesOf(chunk) : block,
            };
            product.Multiply(ref arguments);
            first = tiles * AssembledPairProduct.TileColumns;
            block += (long)tiles * 2 * tile.KeyBlockBytes;
        }

        for (; first < count; first += Block, block += tile.KeyBlockBytes)
        {
            if (group == 0)
            {
                CachePrefetch.Read(tile.ValuesOf(chunk) + (first / Block * tile.ValueBlockBytes), tile.ValueBlockBytes);
            }

            PairProduct<TLanes, TVector, QueryRows>.Multiply(
                rows, queries, (float*)(block + I16KvEncoding.ScaleBytes), 0, pairs, pairs, (float*)block, tile.Scores + first, ChunkPositions);
        }
    }

    private void Sum(in AttentionTile tile, int chunk, int group, AttentionSums sums, float* units)
    {
        int length = KvLayout.Padded(tile.ValueLength);
        int count = tile.PositionsOfGroup(group, chunk);
        int rows = tile.RowsOfGroup(group);
        float* y = sums.Values + ((nint)group * GroupRows * length);
        new Span<float>(y, GroupRows * length).Clear();
        int i = 0;
        if (_valueProduct is not null && rows == GroupRows)
        {
            for (; i + Lanes < length; i += AssembledPairProduct.TileColumns)
            {
                byte* ahead = group == 0 ? tile.NextKeys + ((nint)i * count * sizeof(short)) : tile.ValuesOf(chunk);
                SumAssembled(tile, chunk, i, count, units, y + i, ahead);
            }
        }

        for (; i < length; i += Lanes)
        {
            byte* ahead = group == 0 ? tile.NextKeys + ((nint)i * count * sizeof(short)) : null;
            SumLanes(tile, chunk, i, count, rows, units, y + i, ahead);
        }
    }

    /// <summary>Whole blocks of positions: weights are zero where a row has none.</summary>
    private void SumAssembled(in AttentionTile tile, int chunk, int i, int count, float* units, float* y, byte* ahead)
    {
        int blocks = (count + Block - 1) / Block;
        var arguments = new AssembledPairProduct.Arguments
        {
            A = tile.Scores,
            B = (float*)(tile.ValuesOf(chunk) + I16KvEncoding.ScaleBytes) + ((nint)i * PairsOfBlock),
            Others = Lanes * Block * sizeof(short),
            Runs = SumBlocks,
            Run = PairsOfBlock,
            Gap = tile.ValueBlockBytes - (Lanes * Block * sizeof(short)),
            Scales = units,
            Y = y,
            Stride = KvLayout.Padded(tile.ValueLength) * sizeof(float),
            Tiles = blocks / SumBlocks,
            TileStep = SumBlocks * tile.ValueBlockBytes,
            Ahead = ahead,
        };
        if (arguments.Tiles > 0)
        {
            _valueProduct!.Multiply(ref arguments);
        }

        if (blocks % SumBlocks != 0)
        {
            (arguments.Runs, arguments.Tiles) = (blocks % SumBlocks, 1);
            _valueProduct!.Multiply(ref arguments);
        }
    }

    private static void SumLanes(in AttentionTile tile, int chunk, int i, int count, int rows, float* units, float* y, byte* ahead)
    {
        nint gap = (tile.ValueBlockBytes / sizeof(int)) - (PairsOfBlock * Lanes);
        float* values = (float*)(tile.ValuesOf(chunk) + I16KvEncoding.ScaleBytes) + ((nint)i * PairsOfBlock);
        for (int first = 0; first < count; first += SumPositions, values += SumBlocks * tile.ValueBlockBytes / sizeof(float))
        {
            int pairs = (Math.Min(SumPositions, count - first) + 1) / 2;
            if (ahead is not null)
            {
                CachePrefetch.Read(ahead + (first * Lanes * sizeof(short)), SumPositions * Lanes * sizeof(short));
            }

            PairProduct<TLanes, TVector, WeightRows>.Multiply(
                rows, tile.Scores + (first / 2), values, gap, PairsOfBlock, pairs, units, y, KvLayout.Padded(tile.ValueLength));
        }
    }
}
