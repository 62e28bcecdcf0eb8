using Tessera.Architectures;

namespace Tessera.Runtime.State;

/// <summary>What a model has declared that a sequence keeps. It is filled while the model is built.</summary>
internal sealed class DeclaredStates
{
    private readonly List<CacheState> _caches = [];

    public IReadOnlyList<CacheState> Caches => _caches;

    /// <summary>Floats that a sequence carries from token to token.</summary>
    public long CarriedLength { get; private set; }

    public KeyValueState AddCache(int heads, int keyLength, int valueLength, int window)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(keyLength, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(valueLength, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(window);
        var cache = new CacheState(_caches.Count) { Heads = heads, KeyLength = keyLength, ValueLength = valueLength, Window = window };
        _caches.Add(cache);
        return cache;
    }

    public RecurrentState AddRecurrence(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        var state = new CarriedState(CarriedLength) { Rows = rows, Columns = columns };
        CarriedLength = checked(CarriedLength + state.Length);
        return state;
    }
}
