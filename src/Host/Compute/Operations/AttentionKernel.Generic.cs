using System.Runtime.CompilerServices;

namespace Tessera.Compute.Operations;

/// <inheritdoc/>
internal sealed unsafe class AttentionKernel<TLanes, TVector, TEncoding> : AttentionKernel
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
    where TEncoding : struct, IKvEncoding
{
    private const int Block = KvCache.BlockPositions;

    public override void Attend(in AttentionTile tile, int chunk, AttentionSums sums)
    {
        Score(tile, chunk);
        Weigh(tile, chunk, sums);
        Sum(tile, chunk, sums);
    }

    public override void Merge(in AttentionTile tile, int chunk, AttentionSums next, AttentionSums sums)
    {
        int length = KvLayout.Padded(tile.ValueLength);
        for (int row = 0; row < tile.Rows; row++)
        {
            if (tile.PositionsOf(row, chunk) == 0)
            {
                continue;
            }

            float maximum = MathF.Max(sums.Maxima[row], next.Maxima[row]);
            float before = MathF.Exp(sums.Maxima[row] - maximum);
            float added = MathF.Exp(next.Maxima[row] - maximum);
            sums.Maxima[row] = maximum;
            sums.Weights[row] = (sums.Weights[row] * before) + (next.Weights[row] * added);
            TVector beforeFactor = TLanes.Create(before);
            TVector addedFactor = TLanes.Create(added);
            float* y = sums.Values + ((nint)row * length);
            float* x = next.Values + ((nint)row * length);
            for (nint i = 0; i < length; i += TLanes.Count)
            {
                TVector addend = TLanes.Multiply(TLanes.Load(x + i), addedFactor);
                TLanes.Store(TLanes.MultiplyAdd(TLanes.Load(y + i), beforeFactor, addend), y + i);
            }
        }
    }

    public override void Finish(AttentionSums sums, int row, int length, float* y)
    {
        float factor = 1 / sums.Weights[row];
        float* x = sums.Values + ((nint)row * KvLayout.Padded(length));
        nint i = 0;
        for (; i <= length - TLanes.Count; i += TLanes.Count)
        {
            TLanes.Store(TLanes.Multiply(TLanes.Load(x + i), TLanes.Create(factor)), y + i);
        }

        for (; i < length; i++)
        {
            y[i] = x[i] * factor;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Score(in AttentionTile tile, int chunk)
    {
        int groups = tile.Groups;
        int count = tile.PositionsOfGroup(groups - 1, chunk);
        byte* block = tile.Keys + ((long)chunk * (AttentionTile.ChunkPositions / Block) * tile.KeyBlockBytes);
        for (int first = 0; first < count; first += Block, block += tile.KeyBlockBytes)
        {
            float* keys = TEncoding.UnpackKeys<TLanes, TVector>(block, tile.KeyLength, tile.KeyPanel);
            for (int group = 0; group < groups; group++)
            {
                if (first >= tile.PositionsOfGroup(group, chunk))
                {
                    continue;
                }

                float* queries = tile.Queries + ((nint)group * AttentionTile.GroupRows * tile.KeyLength);
                float* scores = tile.Scores + ((nint)group * AttentionTile.GroupRows * AttentionTile.ChunkPositions) + first;
                RowProduct<TLanes, TVector, QueryRows>.Multiply(
                    tile.RowsOfGroup(group), queries, keys, 0, tile.KeyLength, tile.KeyLength, scores, AttentionTile.ChunkPositions);
            }
        }
    }

    private static void Weigh(in AttentionTile tile, int chunk, AttentionSums sums)
    {
        for (int row = 0; row < tile.Rows; row++)
        {
            float* scores = tile.Scores + ((nint)row * AttentionTile.ChunkPositions);
            int count = tile.PositionsOf(row, chunk);
            if (count > 0)
            {
                sums.Maxima[row] = RowSoftmax<TLanes, TVector>.Weigh(scores, count, tile.Scale, out sums.Weights[row]);
            }

            // Positions of later tokens in the row's group.
            int padded = KvLayout.Padded(count);
            int groupCount = tile.PositionsOfGroup(row / AttentionTile.GroupRows, chunk);
            new Span<float>(scores + padded, Math.Max(0, groupCount - padded)).Clear();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sum(in AttentionTile tile, int chunk, AttentionSums sums)
    {
        int groups = tile.Groups;
        int count = tile.PositionsOfGroup(groups - 1, chunk);
        int length = KvLayout.Padded(tile.ValueLength);
        int blockLength = length * Block;
        byte* blocks = tile.Values + ((long)chunk * (AttentionTile.ChunkPositions / Block) * tile.ValueBlockBytes);
        new Span<float>(sums.Values, groups * AttentionTile.GroupRows * length).Clear();
        for (int first = 0; first < count; first += AttentionTile.ValuePositions)
        {
            int unpacked = (Math.Min(AttentionTile.ValuePositions, count - first) + Block - 1) / Block;
            float* values = TEncoding.UnpackValues<TLanes, TVector>(blocks, unpacked, tile.ValueLength, tile.ValuePanel);
            blocks += (long)unpacked * tile.ValueBlockBytes;
            for (int group = 0; group < groups; group++)
            {
                int positions = Math.Min(AttentionTile.ValuePositions, tile.PositionsOfGroup(group, chunk) - first);
                float* weights = tile.Scores + ((nint)group * AttentionTile.GroupRows * AttentionTile.ChunkPositions) + first;
                float* y = sums.Values + ((nint)group * AttentionTile.GroupRows * length);
                for (int i = 0; i < length && positions > 0; i += KvLayout.Lanes)
                {
                    RowProduct<TLanes, TVector, WeightRows>.Multiply(
                        tile.RowsOfGroup(group), weights, values + ((nint)i * Block), blockLength - (Block * KvLayout.Lanes), Block, positions, y + i, length);
                }
            }
        }
    }
}
