using Tessera.Architectures;

namespace Tessera.Runtime.State;

/// <summary>Calls the encoding of a cache type.</summary>
internal static unsafe class KvEncodings
{
    /// <summary>Bytes of a block of keys and of a block of values.</summary>
    /// <exception cref="TesseraException">The heads' lengths do not fit the type.</exception>
    public static (int Keys, int Values) BlockBytes(KvCacheType type, KeyValueState state) => type switch
    {
        KvCacheType.F32 => BlockBytes<F32KvEncoding>(state),
        KvCacheType.F16 => BlockBytes<F16KvEncoding>(state),
        KvCacheType.Q8_0 => BlockBytes<Q8KvEncoding>(state),
        KvCacheType.I16 => BlockBytes<I16KvEncoding>(state),
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    private static (int Keys, int Values) BlockBytes<TEncoding>(KeyValueState state)
        where TEncoding : struct, IKvEncoding =>
        (TEncoding.KeyBlockBytes(state.KeyLength), TEncoding.ValueBlockBytes(state.ValueLength));
}
