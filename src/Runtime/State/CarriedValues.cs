using Tessera.Runtime.Memory;

namespace Tessera.Runtime.State;

/// <summary>What a sequence carries from token to token, as it is after some position.</summary>
internal sealed unsafe class CarriedValues : IDisposable
{
    private readonly StatePool _pool;
    private readonly NativeBuffer _memory;

    /// <summary>Zeros, as at a sequence's beginning.</summary>
    public CarriedValues(StatePool pool, int position = 0)
    {
        _pool = pool;
        Position = position;
        pool.Take(Bytes);
        _memory = new NativeBuffer(Bytes);
        Values.Clear();
    }

    /// <summary>Tokens that went into it.</summary>
    public int Position { get; private set; }

    public float* Data => (float*)_memory.Data;

    public Span<float> Values => new(Data, checked((int)_pool.States.CarriedLength));

    private long Bytes => _pool.States.CarriedLength * sizeof(float);

    public CarriedValues Copy(int position)
    {
        var copy = new CarriedValues(_pool, position);
        Values.CopyTo(copy.Values);
        return copy;
    }

    public void CopyFrom(CarriedValues other)
    {
        other.Values.CopyTo(Values);
        Position = other.Position;
    }

    public void Clear()
    {
        Values.Clear();
        Position = 0;
    }

    /// <summary>Says that it is after a position now.</summary>
    public void MoveTo(int position) => Position = position;

    public void Dispose()
    {
        _memory.Dispose();
        _pool.GiveBack(Bytes);
    }
}
