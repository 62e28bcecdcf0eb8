namespace Tessera.Runtime.Attention;

/// <summary>How the left factor of a product lies in memory, and where its sums begin.</summary>
internal interface IRowLayout
{
    /// <summary>From a column to the next.</summary>
    static abstract int ColumnStep { get; }

    /// <summary>From a row to the next.</summary>
    static abstract int RowStep { get; }

    /// <summary>Whether the product is added to what is there.</summary>
    static abstract bool Accumulates { get; }
}
