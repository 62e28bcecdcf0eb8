namespace Tessera.Runtime.State;

/// <summary>Where a value lies in a block of 16 positions.</summary>
internal static class KvLayout
{
    /// <summary>Positions per block.</summary>
    public const int BlockPositions = 16;

    /// <summary>Values that attention reads together.</summary>
    public const int Lanes = 16;

    /// <summary>The length of a value, filled up to whole lanes.</summary>
    public static int Padded(int length) => (length + Lanes - 1) / Lanes * Lanes;

    /// <summary>[index][16 positions].</summary>
    public static int OfKey(int index, int slot) => (index * BlockPositions) + slot;

    /// <summary>[lanes][16 positions][16 values].</summary>
    public static int OfValue(int index, int slot) => ((index / Lanes * BlockPositions) + slot) * Lanes + (index % Lanes);
}
