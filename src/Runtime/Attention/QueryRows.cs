namespace Tessera.Runtime.Attention;

/// <summary>Queries, [index][8 rows], times a block of keys: scores.</summary>
internal readonly struct QueryRows : IRowLayout
{
    public static int ColumnStep => AttentionTile.GroupRows;

    public static int RowStep => 1;

    public static bool Accumulates => false;
}
