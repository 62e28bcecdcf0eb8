using Tessera.Architectures;

namespace Tessera.Runtime.Memory;

/// <summary>
/// The memory of a forward pass' tensors: taken one after the other, given back all at once down to a mark. It is kept from pass to pass. A tensor knows its
/// generation, which changes whenever memory is given back, and so whether it still has its memory.
/// </summary>
internal sealed unsafe class TensorArena : IDisposable
{
    private const long ChunkBytes = 4 << 20;
    private const long Alignment = 64;

    // Of all arenas, so that no tensor of one is taken for another's.
    private static long s_generations;

    private readonly List<NativeBuffer> _chunks = [];
    private Mark _top = new(0, 0, Interlocked.Increment(ref s_generations));
    private long _kept;

    /// <summary>Where the next tensor goes.</summary>
    public Mark Top => _top;

    public Tensor Take(int rows, int columns)
    {
        long bytes = (((long)rows * columns * sizeof(float)) + Alignment - 1) / Alignment * Alignment;
        while (_top.Chunk < _chunks.Count && _top.Offset + bytes > _chunks[_top.Chunk].Length)
        {
            _top = _top with { Chunk = _top.Chunk + 1, Offset = 0 };
        }

        if (_top.Chunk == _chunks.Count)
        {
            _chunks.Add(new NativeBuffer(Math.Max(bytes, ChunkBytes)));
        }

        byte* data = _chunks[_top.Chunk].Data + _top.Offset;
        _top = _top with { Offset = _top.Offset + bytes };
        return new Tensor((float*)data, rows, columns, _top.Generation);
    }

    /// <summary>Gives back everything that was taken after the mark; what was taken between the mark and the last time that memory was given back stays.</summary>
    public void ReleaseTo(Mark mark)
    {
        _kept = mark.Generation;
        _top = mark with { Generation = Interlocked.Increment(ref s_generations) };
    }

    /// <summary>Whether a tensor has memory of the arena that was not given back. One that a model made itself may be a part of others.</summary>
    public bool Holds(Tensor tensor) => tensor.Generation == 0 ? Covers(tensor) : tensor.Generation == _top.Generation || tensor.Generation == _kept;

    public void Dispose()
    {
        _chunks.ForEach(c => c.Dispose());
        _chunks.Clear();
        ReleaseTo(default);
    }

    private bool Covers(Tensor tensor)
    {
        for (int i = 0; i <= _top.Chunk && i < _chunks.Count; i++)
        {
            long offset = (byte*)tensor.Data - _chunks[i].Data;
            long length = i == _top.Chunk ? _top.Offset : _chunks[i].Length;
            if (offset >= 0 && offset <= length)
            {
                return tensor.Rows >= 0 && tensor.Columns >= 0 && (long)tensor.Rows * tensor.Columns <= (length - offset) / sizeof(float);
            }
        }

        return false;
    }

    /// <param name="Chunk">Its number.</param>
    /// <param name="Offset">Bytes of it that are taken.</param>
    /// <param name="Generation">Of the tensors that are taken from here on.</param>
    internal readonly record struct Mark(int Chunk, long Offset, long Generation);
}
