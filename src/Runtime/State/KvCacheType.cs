namespace Tessera.Runtime.State;

/// <summary>How keys and values are kept.</summary>
public enum KvCacheType
{
    /// <summary>IEEE 754 binary16.</summary>
    F16,

    /// <summary>IEEE 754 binary32.</summary>
    F32,

    /// <summary>Blocks of 32 bytes that share a binary16 scale; the lengths of the model's heads must be multiples of 32.</summary>
    Q8_0,

    /// <summary>
    /// 16-bit integers with one binary32 scale per head and position, closer than binary16. Scores and weighted sums are computed from integers too,
    /// which is faster where the processor multiplies pairs of them.
    /// </summary>
    I16,
}
