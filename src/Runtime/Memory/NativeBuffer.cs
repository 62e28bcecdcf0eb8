using Tessera.Memory;

namespace Tessera.Runtime.Memory;

/// <summary>Memory outside the managed heap that grows with what is asked for, aligned to a cache line.</summary>
internal sealed unsafe class NativeBuffer : IDisposable
{
    private SystemMemory? _memory;

    public NativeBuffer(long length = 0) => Reserve(length);

    public byte* Data { get; private set; }

    public long Length { get; private set; }

    /// <summary>Makes room for so many bytes; what was in the buffer is lost when it has to grow.</summary>
    /// <exception cref="TesseraException">The system does not give so much.</exception>
    public byte* Reserve(long length)
    {
        if (length > Length)
        {
            Dispose();
            _memory = new SystemMemory(length, SystemMemory.Sessions);
            Data = _memory.First;
            Length = length;
        }

        return Data;
    }

    public void Dispose()
    {
        _memory?.Dispose();
        Data = null;
        Length = 0;
    }
}
