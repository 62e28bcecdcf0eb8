namespace Tessera.Compute;

/// <summary>How keys and values are kept.</summary>
public enum KvCacheType
{
    /// <summary>IEEE 754 binary16.</summary>
    F16,

    /// <summary>IEEE 754 binary32.</summary>
    F32,
}
