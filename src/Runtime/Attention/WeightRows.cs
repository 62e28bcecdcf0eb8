namespace Tessera.Runtime.Attention;

/// <summary>Softmax weights, [row][positions of a chunk], times blocks of values: added to the outputs.</summary>
internal readonly struct WeightRows : IRowLayout
{
    public static int ColumnStep => 1;

    public static int RowStep => AttentionTile.ChunkPositions;

    public static bool Accumulates => true;
}
