using System.Runtime.CompilerServices;
using Tessera.Runtime.State;
using Tessera.Runtime.Vectors;

namespace Tessera.Runtime.Attention;

/// <summary>Attention in F32: a block of keys or values is widened once for all rows of a tile.</summary>
internal sealed unsafe class FloatAttentionKernel<TLanes, TVector, TEncoding> : AttentionKernel<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
    where TEncoding : struct, IFloatKvEncoding
{
    private const int Block = KvLayout.BlockPositions;

    public override void Attend(in AttentionTile tile, int chunk, AttentionSums sums)
    {
        Score(tile, chunk);
        Weigh(tile, chunk, sums);
        Sum(tile, chunk, sums);
    }

    public override void PackQuery(float* query, in AttentionTile tile, int row)
    {
        float* queries = tile.QueriesOfGroup(row / AttentionTile.GroupRows) + (row % AttentionTile.GroupRows);
        for (nint i = 0; i < tile.KeyLength; i++)
        {
            queries[i * AttentionTile.GroupRows] = query[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Score(in AttentionTile tile, int chunk)
    {
        int groups = tile.Groups;
        int count = Positions(tile, chunk);
        byte* block = tile.KeysOf(chunk);
        for (int first = 0; first < count; first += Block, block += tile.KeyBlockBytes)
        {
            float* keys = TEncoding.UnpackKeys<TLanes, TVector>(block, tile.KeyLength, tile.KeyPanel);
            for (int group = 0; group < groups; group++)
            {
                if (first >= tile.PositionsOfGroup(group, chunk))
                {
                    continue;
                }

                float* queries = tile.QueriesOfGroup(group);
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
                float scale = tile.Scale;
                if (tile.AdjustsScores)
                {
                    ScoreAdjustment<TLanes, TVector>.Adjust(tile, chunk, row, scale, scores);
                    scale = 1;
                }

                new Span<float>(scores, tile.SkippedOf(row, chunk)).Fill(float.NegativeInfinity);
                sums.Maxima[row] = RowSoftmax<TLanes, TVector>.Weigh(scores, count, scale, out sums.Weights[row]);
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
        int count = Positions(tile, chunk);
        int length = KvLayout.Padded(tile.ValueLength);
        int blockLength = length * Block;
        byte* blocks = tile.ValuesOf(chunk);
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

    /// <summary>How many positions of the chunk any row sees. The last group sees the most, unless its window has passed the chunk by.</summary>
    private static int Positions(in AttentionTile tile, int chunk)
    {
        int most = 0;
        for (int group = 0; group < tile.Groups; group++)
        {
            most = Math.Max(most, tile.PositionsOfGroup(group, chunk));
        }

        return most;
    }
}
