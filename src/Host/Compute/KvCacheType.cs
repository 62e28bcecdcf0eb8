namespace Tessera.Compute;

/// <summary>How keys and values are kept.</summary>
public enum KvCacheType
{
    /// <summary>IEEE 754 binary16.</summary>
    F16,

    /// <summary>IEEE 754 binary32.</summary>
    F32,

    /// <summary>Blocks of 32 bytes that share a binary16 scale; the lengths of the model's heads must be multiples of 32.</summary>
    Q8_0,
}
