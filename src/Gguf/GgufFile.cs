using System.Buffers;
using System.IO.MemoryMappedFiles;
using System.Numerics;
using Microsoft.Win32.SafeHandles;
using Tessera.Memory;
using Tessera.Quantization;

namespace Tessera.Gguf;

/// <summary>
/// One GGUF file, version 2 or 3 (specification: ggml, <c>docs/gguf.md</c>), mapped from disk or held in memory. Opening it reads and checks the
/// header; tensor data stays where it is. A mapped file must not change while it is open: one that is written is noticed by its length or time
/// (<see cref="ExpectUnchanged"/>), but reading what was cut off ends the process.
/// </summary>
public sealed unsafe class GgufFile : IDisposable
{
    /// <summary>Bytes that are read from a disk at once.</summary>
    private const int ReadBytes = 1 << 30;

    private readonly IDisposable[] _owners;
    private readonly Action? _releasePointer;
    private SafeFileHandle? _source;
    private FileState _state;
    private readonly byte* _data;
    private bool _disposed;

    /// <param name="name">The path or name.</param>
    /// <param name="data">The first byte.</param>
    /// <param name="length">Bytes in the file.</param>
    /// <param name="memory">The same bytes if they are managed and stay; otherwise the header is copied, so that metadata outlives the mapping.</param>
    /// <param name="releasePointer">What to do before the owners are disposed.</param>
    /// <param name="owners">What to dispose.</param>
    private GgufFile(string name, byte* data, long length, ReadOnlyMemory<byte>? memory, Action? releasePointer, params IDisposable[] owners)
    {
        Name = name;
        Length = length;
        _data = data;
        _releasePointer = releasePointer;
        _owners = owners;
        try
        {
            var bytes = new ReadOnlySpan<byte>(data, (int)Math.Min(length, int.MaxValue));
            GgufHeader header = new GgufHeaderReader(name, bytes).Read();
            ReadOnlyMemory<byte> headerBytes = memory?[..header.End] ?? bytes[..header.End].ToArray();
            Version = header.Version;
            Metadata = new GgufMetadata(name, headerBytes, header.Keys, header.KeysEnd);
            long alignment = ReadAlignment(Metadata);
            DataStart = (header.End + alignment - 1) & -alignment;
            TensorTable = new GgufTensorTable(this, headerBytes, header.Tensors, DataStart, alignment);
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
    public IGgufMetadata Metadata { get; }

    /// <summary>
    /// Offset of the data of all tensors: the end of the header, rounded up to the alignment. Beyond the end of a file that has no tensors, perhaps.
    /// </summary>
    public long DataStart { get; }

    /// <summary>The tensors in the file's order. An element is made when it is asked for, and equal each time.</summary>
    public IReadOnlyList<GgufTensor> Tensors => TensorTable;

    internal GgufTensorTable TensorTable { get; }

    /// <summary>
    /// Maps a file, and keeps others from writing it: on Windows by its share mode, elsewhere by a lock that programs of good will look at (<c>flock</c>).
    /// </summary>
    /// <exception cref="GgufException">The file cannot be read or is not a valid GGUF file.</exception>
    public static GgufFile Open(string path) => Open(path, map: true);

    /// <summary>Maps a file, or reads it into memory of its own, where nobody changes it.</summary>
    /// <param name="path">The path.</param>
    /// <param name="map">Whether it is mapped.</param>
    /// <exception cref="GgufException">The file cannot be read, is not a valid GGUF file, or has changed while it was read.</exception>
    /// <exception cref="TesseraException">The system does not give as much memory as the file has bytes.</exception>
    public static GgufFile Open(string path, bool map)
    {
        ArgumentNullException.ThrowIfNull(path);
        FileStream? stream = null;
        MemoryMappedFile? mapping = null;
        MemoryMappedViewAccessor? view = null;
        FileState state;
        byte* data = null;
        try
        {
            ExpectRegularFile(path);
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, FileOptions.RandomAccess);
            state = FileState.Of(stream.SafeFileHandle);
            if (!map)
            {
                using (stream)
                {
                    return ReadAll(path, stream.SafeFileHandle, state);
                }
            }

            mapping = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
            view = mapping.CreateViewAccessor(0, state.Length, MemoryMappedFileAccess.Read);
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref data);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            view?.Dispose();
            mapping?.Dispose();
            stream?.Dispose();
            throw new GgufException(path, "", -1, e is FileNotFoundException or DirectoryNotFoundException
                ? "there is no such file"
                : $"the file cannot be opened: {e.Message.TrimEnd('.')}");
        }

        return new GgufFile(path, data + view.PointerOffset, state.Length, null, view.SafeMemoryMappedViewHandle.ReleasePointer, view, mapping)
        {
            _source = stream.SafeFileHandle,
            _state = state,
        };
    }

    /// <summary>Reads a whole stream into memory.</summary>
    /// <param name="stream">A stream of at most 2 GiB.</param>
    /// <param name="name">The name for messages.</param>
    /// <exception cref="GgufException">The stream cannot be read or is not a valid GGUF file.</exception>
    public static GgufFile Read(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        try
        {
            if (stream.CanSeek)
            {
                byte[] bytes = new byte[CheckLength(stream.Length - stream.Position)];
                stream.ReadExactly(bytes);
                return Read(bytes, name);
            }

            using var buffer = new MemoryStream();
            stream.CopyTo(buffer);
            return Read(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), name);
        }
        catch (Exception e) when (e is IOException or OutOfMemoryException)
        {
            throw new GgufException(name, "", -1, $"the stream cannot be read: {e.Message.TrimEnd('.')}");
        }
    }

    /// <summary>Uses a file that is already in memory, in place.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">The name for messages.</param>
    /// <exception cref="GgufException">Not a valid GGUF file.</exception>
    public static GgufFile Read(ReadOnlyMemory<byte> bytes, string name)
    {
        MemoryHandle handle = bytes.Pin();
        return new GgufFile(name, (byte*)handle.Pointer, bytes.Length, bytes, null, handle);
    }

    /// <summary>
    /// Checks every tensor of a known format: whole blocks, inside the file, no two overlapping.
    /// </summary>
    /// <param name="geometryOf">The block of a type, or null where no plugin serves it.</param>
    /// <exception cref="GgufException">A tensor does not fit.</exception>
    public void CheckTensors(Func<GgmlType, BlockGeometry?> geometryOf)
    {
        ArgumentNullException.ThrowIfNull(geometryOf);
        TensorTable.CheckData(geometryOf);
    }

    /// <summary>What stands before the tensors' data; valid until the file is disposed.</summary>
    internal ReadOnlySpan<byte> Header => new(_data, checked((int)Math.Min(DataStart, Length)));

    /// <summary>The first byte of the data of one of this file's tensors; valid until the file is disposed.</summary>
    public byte* DataOf(GgufTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!ReferenceEquals(tensor.File, this))
        {
            throw new ArgumentException($"Tensor '{tensor.Name}' is in {tensor.File.Name}, not in {Name}.", nameof(tensor));
        }

        return _data + tensor.Offset;
    }

    /// <summary>Expects a mapped file to have the length and the time of writing that it was opened with: its weights would be others.</summary>
    /// <exception cref="GgufException">It has others.</exception>
    internal void ExpectUnchanged()
    {
        if (_source is { IsClosed: false } source && FileState.Of(source) != _state)
        {
            throw Changed(Name);
        }
    }

    /// <summary>Gives back the memory of a tensor's data, which is read from the disk again if someone looks. Only a mapped file has any to give.</summary>
    internal void ReleasePages(GgufTensor tensor, long bytes)
    {
        if (_releasePointer is not null)
        {
            MappedPages.Release(DataOf(tensor), bytes);
        }
    }

    /// <summary>Unmaps the file. Its metadata stays usable.</summary>
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

    private static GgufFile ReadAll(string path, SafeFileHandle source, FileState state)
    {
        var memory = new SystemMemory(state.Length, SystemMemory.Models);
        try
        {
            for (long offset = 0, read; offset < state.Length; offset += read)
            {
                read = RandomAccess.Read(source, new Span<byte>(memory.First + offset, (int)Math.Min(ReadBytes, state.Length - offset)), offset);
                if (read == 0)
                {
                    throw Changed(path);
                }
            }

            return FileState.Of(source) == state ? new GgufFile(path, memory.First, state.Length, null, null, memory) : throw Changed(path);
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    private static GgufException Changed(string path) => new(path, "", -1, "the file has changed since it was opened; load the model again");

    /// <summary>Looks before opening, because opening a pipe waits for a writer.</summary>
    private static void ExpectRegularFile(string path)
    {
        if (Directory.Exists(path))
        {
            throw new GgufException(path, "", -1, "this is a folder; name a .gguf file in it");
        }

        FileSystemInfo file = new FileInfo(path);
        file = file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
        if (file is FileInfo { Exists: true, Length: 0 })
        {
            throw new GgufException(path, "", 0, "the file is empty, or no regular file but a pipe or a device");
        }
    }

    private static int CheckLength(long length) =>
        length <= Array.MaxLength ? (int)length : throw new IOException($"{length} bytes do not fit into memory, the file must be mapped");

    private static long ReadAlignment(IGgufMetadata metadata)
    {
        const string key = GgufWriter.AlignmentKey;
        if (!metadata.TryGetValue(key, out GgufValue? value))
        {
            return GgufWriter.DefaultAlignment;
        }

        long alignment = metadata.GetInt64(key, 0);
        return alignment is > 0 and <= uint.MaxValue && BitOperations.IsPow2(alignment)
            ? alignment
            : throw new GgufException(metadata.Source, $"key '{key}'", value.Offset, $"{alignment} is not a power of two of 32 bits");
    }
}
