using System.Runtime.InteropServices;

namespace Tessera.Compute;

/// <summary>Memory outside the managed heap, aligned to a cache line. Large buffers take physical memory only where they are written.</summary>
internal sealed unsafe class NativeBuffer : IDisposable
{
    private const int Alignment = 64;

    public NativeBuffer(long length = 0) => Reserve(length);

    ~NativeBuffer() => Release();

    public byte* Data { get; private set; }

    public long Length { get; private set; }

    /// <summary>Makes room for so many bytes; what was in the buffer is lost when it has to grow.</summary>
    public byte* Reserve(long length)
    {
        if (length > Length)
        {
            Release();
            Data = (byte*)NativeMemory.AlignedAlloc(checked((nuint)length), Alignment);
            Length = length;
        }

        return Data;
    }

    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        NativeMemory.AlignedFree(Data);
        Data = null;
        Length = 0;
    }
}
