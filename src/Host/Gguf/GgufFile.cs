using System.Buffers;
using System.IO.MemoryMappedFiles;
using Tessera.Quantization;

namespace Tessera.Gguf;

/// <summary>
/// One GGUF file, version 2 or 3 (specification: ggml, <c>docs/gguf.md</c>), mapped from disk or held in memory. Opening it reads and checks the
/// header; tensor data stays where it is.
/// </summary>
public sealed unsafe class GgufFile : IDisposable
{
    private readonly IDisposable[] _owners;
    private readonly Action? _releasePointer;
    private readonly byte* _data;
    private bool _disposed;

    private GgufFile(string name, byte* data, long length, Action? releasePointer, params IDisposable[] owners)
    {
        Name = name;
        Length = length;
        _data = data;
        _releasePointer = releasePointer;
        _owners = owners;
        try
        {
            var reader = new GgufHeaderReader(this, new ReadOnlySpan<byte>(data, (int)Math.Min(length, int.MaxValue)));
            (Version, Metadata, Tensors) = reader.Read();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The file's path, or the name that was given.</summary>
    public string Name { get; }

    /// <summary>Bytes in the file.</summary>
    public long Length { get; }

    /// <summary>2 or 3.</summary>
    public int Version { get; }

    /// <summary>The key-value pairs.</summary>
    public IGgufMetadata Metadata { get; } = null!;

    /// <summary>The tensors in the file's order.</summary>
    public IReadOnlyList<GgufTensor> Tensors { get; } = [];

    /// <summary>Maps a file.</summary>
    /// <exception cref="GgufException">The file cannot be read or is not a valid GGUF file.</exception>
    public static GgufFile Open(string path)
    {
        FileStream stream;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, FileOptions.RandomAccess);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new GgufException(path, "", -1, e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : $"the file cannot be opened: {e.Message.TrimEnd('.')}");
        }

        if (stream.Length == 0)
        {
            // An empty file cannot be mapped.
            stream.Dispose();
            return Read(ReadOnlyMemory<byte>.Empty, path);
        }

        MemoryMappedFile mapping = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        MemoryMappedViewAccessor view = mapping.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* data = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref data);
        return new GgufFile(path, data + view.PointerOffset, stream.Length, view.SafeMemoryMappedViewHandle.ReleasePointer, view, mapping);
    }

    /// <summary>Reads a whole stream into memory.</summary>
    /// <param name="stream">A stream of at most 2 GiB.</param>
    /// <param name="name">The name for messages.</param>
    /// <exception cref="GgufException">Not a valid GGUF file.</exception>
    public static GgufFile Read(Stream stream, string name)
    {
        using var buffer = new MemoryStream(stream.CanSeek ? (int)Math.Min(stream.Length - stream.Position, Array.MaxLength) : 0);
        try
        {
            stream.CopyTo(buffer);
        }
        catch (Exception e) when (e is IOException or OutOfMemoryException)
        {
            throw new GgufException(name, "", -1, $"the stream cannot be read: {e.Message.TrimEnd('.')}");
        }

        return Read(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), name);
    }

    /// <summary>Uses a file that is already in memory, in place.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">The name for messages.</param>
    /// <exception cref="GgufException">Not a valid GGUF file.</exception>
    public static GgufFile Read(ReadOnlyMemory<byte> bytes, string name)
    {
        MemoryHandle handle = bytes.Pin();
        return new GgufFile(name, (byte*)handle.Pointer, bytes.Length, null, handle);
    }

    /// <summary>
    /// Checks every tensor of a known format: whole blocks, inside the file, no two overlapping.
    /// </summary>
    /// <param name="geometryOf">The block of a type, or null where no plugin serves it.</param>
    /// <exception cref="GgufException">A tensor does not fit.</exception>
    public void CheckTensors(Func<GgmlType, BlockGeometry?> geometryOf)
    {
        GgufTensor? previous = null;
        long previousEnd = 0;
        foreach (GgufTensor tensor in Tensors.OrderBy(t => t.Offset))
        {
            if (previous is not null && tensor.Offset < previousEnd)
            {
                throw tensor.Error($"its data at {tensor.Offset} overlaps that of tensor '{previous.Name}', which ends at {previousEnd}");
            }

            // A tensor of unknown format takes at least one byte.
            long bytes = geometryOf(tensor.Type) is BlockGeometry block ? tensor.ByteLength(block) : 1;
            if (bytes > Length - tensor.Offset)
            {
                throw tensor.Error($"its {bytes} bytes at {tensor.Offset} reach beyond the end of the file at {Length}");
            }

            previous = tensor;
            previousEnd = tensor.Offset + bytes;
        }
    }

    /// <summary>The first byte of a tensor's data; valid until the file is disposed.</summary>
    public byte* DataOf(GgufTensor tensor)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _data + tensor.Offset;
    }

    /// <summary>Unmaps the file.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _releasePointer?.Invoke();
        foreach (IDisposable owner in _owners)
        {
            owner.Dispose();
        }
    }
}
