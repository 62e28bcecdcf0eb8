using System.Runtime.CompilerServices;
using Tessera.Runtime.Vectors;

namespace Tessera.Runtime.Attention;

/// <summary>Makes scores of a row's products that are more than products: <c>cap * tanh(product * factor / cap) - slope * distance</c>.</summary>
internal static unsafe class ScoreAdjustment<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private static readonly float[] Numbers = [.. Enumerable.Range(0, AttentionTile.ChunkPositions).Select(i => (float)i)];

    /// <param name="tile">The tile, with cap and slopes.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="row">The row.</param>
    /// <param name="factor">Factor of the products.</param>
    /// <param name="scores">The row's products, which become scores.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Adjust(in AttentionTile tile, int chunk, int row, float factor, float* scores)
    {
        int count = tile.PositionsOf(row, chunk);
        float slope = tile.Slopes == null ? 0 : tile.Slopes[row % tile.RowsPerToken];
        float before = tile.PositionOf(row) - (chunk * AttentionTile.ChunkPositions);
        TVector scale = TLanes.Create(factor);
        fixed (float* numbers = Numbers)
        {
            for (int j = 0; j < count; j += TLanes.Count)
            {
                TVector score = TLanes.Multiply(TLanes.Load(scores + j), scale);
                if (tile.SoftCap != 0)
                {
                    score = Cap(score, tile.SoftCap);
                }

                TVector distance = TLanes.Abs(TLanes.Subtract(TLanes.Create(before), TLanes.Load(numbers + j)));
                TLanes.Store(TLanes.Subtract(score, TLanes.Multiply(TLanes.Create(slope), distance)), scores + j);
            }
        }
    }

    /// <summary><c>cap * tanh(x / cap)</c>, by <c>tanh |x| = (1 - e) / (1 + e)</c> with <c>e = exp(-2 |x|)</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Cap(TVector x, float cap)
    {
        TVector one = TLanes.Create(1);
        TVector e = RowSoftmax<TLanes, TVector>.Exp(TLanes.Multiply(TLanes.Abs(x), TLanes.Create(-2 / cap)));
        TVector tanh = TLanes.Divide(TLanes.Subtract(one, e), TLanes.Add(one, e));
        return TLanes.CopySign(TLanes.Multiply(TLanes.Create(cap), tanh), x);
    }
}
