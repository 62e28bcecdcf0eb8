namespace Tessera.Runtime.Memory;

/// <summary>The memory of a forward pass' tensors: taken one after the other, given back all at once down to a mark. It is kept from pass to pass.</summary>
internal sealed unsafe class TensorArena : IDisposable
{
    private const long ChunkBytes = 4 << 20;
    private const long Alignment = 64;

    private readonly List<NativeBuffer> _chunks = [];
    private Mark _top;

    /// <summary>Where the next tensor goes.</summary>
    public Mark Top => _top;

    public ActivationRows Take(int rows, int columns)
    {
        long bytes = (((long)rows * columns * sizeof(float)) + Alignment - 1) / Alignment * Alignment;
        while (_top.Chunk < _chunks.Count && _top.Offset + bytes > _chunks[_top.Chunk].Length)
        {
            _top = new Mark(_top.Chunk + 1, 0);
        }

        if (_top.Chunk == _chunks.Count)
        {
            _chunks.Add(new NativeBuffer(Math.Max(bytes, ChunkBytes)));
        }

        byte* data = _chunks[_top.Chunk].Data + _top.Offset;
        _top = _top with { Offset = _top.Offset + bytes };
        return new ActivationRows((float*)data, rows, columns, columns);
    }

    /// <summary>Gives back everything that was taken after the mark.</summary>
    public void ReleaseTo(Mark mark) => _top = mark;

    public void Dispose()
    {
        _chunks.ForEach(c => c.Dispose());
        _chunks.Clear();
        _top = default;
    }

    internal readonly record struct Mark(int Chunk, long Offset);
}
