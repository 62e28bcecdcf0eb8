using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Tessera.Gguf.Files;

namespace Tessera.Gguf;

/// <summary>
/// Composes a GGUF file: metadata and tensors in the order in which they are set and added. Tensor data is not copied until it is written.
/// What it writes depends on nothing but what it was given.
/// </summary>
public sealed class GgufWriter
{
    internal const string AlignmentKey = "general.alignment";
    internal const uint DefaultAlignment = 32;

    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly OrderedDictionary<string, GgufValue> _values = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, (GgmlType Type, long[] Dimensions, long Length, Action<Stream> Write)> _tensors = new(StringComparer.Ordinal);
    private readonly int _version;

    /// <summary>Begins an empty file.</summary>
    /// <param name="version">2 or 3; the two differ in the number alone, as long as the bytes are little-endian.</param>
    public GgufWriter(int version = 3)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(version, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(version, 3);
        _version = version;
    }

    /// <summary>
    /// The alignment of every tensor's data in bytes, a power of two: the value of <c>general.alignment</c>, which setting it writes, or 32.
    /// </summary>
    /// <exception cref="ArgumentException">Not a power of two.</exception>
    public uint Alignment
    {
        get => _values.TryGetValue(AlignmentKey, out GgufValue? value) ? checked((uint)value.AsInteger()) : DefaultAlignment;
        set => Set(AlignmentKey, value);
    }

    /// <summary>Sets a string.</summary>
    /// <exception cref="ArgumentException">The key is empty, or the text has unpaired surrogates.</exception>
    public void Set(string key, string value) =>
        Set(key, new GgufValue(GgufValueType.String, GgufValueType.String, 1, s_utf8.GetBytes(value), -1));

    /// <summary>
    /// Sets a truth value or a number. The type in the file is that of <typeparamref name="T"/>: write <c>5u</c> for the 32 unsigned bits that
    /// most keys have.
    /// </summary>
    /// <typeparam name="T"><see cref="bool"/>, an integer of 8 to 64 bits, <see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <exception cref="ArgumentException">The key is empty, or GGUF has no such type.</exception>
    public void Set<T>(string key, T value)
        where T : unmanaged
    {
        GgufValueType type = TypeOf<T>();
        Set(key, new GgufValue(type, type, 1, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)).ToArray(), -1));
    }

    /// <summary>Sets a value as it was read from a file. A key that is there already keeps its place and takes the new value.</summary>
    /// <exception cref="ArgumentException">The key is empty, or the value is not a possible alignment and the key says that it is one.</exception>
    public void Set(string key, GgufValue value)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentNullException.ThrowIfNull(value);
        if (key == AlignmentKey && !(value.IsNumber && value.AsFloat() is >= 1 and <= uint.MaxValue and var alignment && double.IsPow2(alignment)))
        {
            throw new ArgumentException("The alignment is a power of two of at most 32 bits.", nameof(value));
        }

        _values[key] = value;
    }

    /// <summary>Sets an array of strings.</summary>
    /// <exception cref="ArgumentException">The key is empty, or a text has unpaired surrogates.</exception>
    public void SetArray(string key, IEnumerable<string> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var payload = new ArrayBufferWriter<byte>();
        long count = 0;
        foreach (string value in values)
        {
            WriteString(payload, s_utf8.GetBytes(value));
            count++;
        }

        Set(key, new GgufValue(GgufValueType.Array, GgufValueType.String, count, payload.WrittenMemory, -1));
    }

    /// <summary>Sets an array of truth values or numbers; the types are those of <see cref="Set{T}(string, T)"/>.</summary>
    /// <typeparam name="T">The elements' type.</typeparam>
    /// <exception cref="ArgumentException">The key is empty, or GGUF has no such type.</exception>
    public void SetArray<T>(string key, ReadOnlySpan<T> values)
        where T : unmanaged =>
        Set(key, new GgufValue(GgufValueType.Array, TypeOf<T>(), values.Length, MemoryMarshal.AsBytes(values).ToArray(), -1));

    /// <inheritdoc cref="SetArray{T}(string, ReadOnlySpan{T})"/>
    public void SetArray<T>(string key, T[] values)
        where T : unmanaged =>
        SetArray(key, new ReadOnlySpan<T>(values));

    /// <summary>Takes a key out.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Remove(string key) => _values.Remove(key);

    /// <summary>Adds a tensor.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">Its format. The length of the data is the caller's concern: the set of formats is open.</param>
    /// <param name="dimensions">One to four extents, columns first.</param>
    /// <param name="data">Its bytes; they must not change until the file is written.</param>
    /// <exception cref="ArgumentException">The name is taken, or the dimensions are not one to four positive numbers.</exception>
    public void AddTensor(string name, GgmlType type, ReadOnlySpan<long> dimensions, ReadOnlyMemory<byte> data) =>
        AddTensor(name, type, dimensions, data.Length, stream => stream.Write(data.Span));

    /// <summary>Adds a tensor whose data is made when the file is written, so that it need not fit into memory.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">Its format.</param>
    /// <param name="dimensions">One to four extents, columns first.</param>
    /// <param name="length">Bytes of the data.</param>
    /// <param name="write">Writes exactly so many bytes.</param>
    /// <exception cref="ArgumentException">The name is taken, or the dimensions are not one to four positive numbers.</exception>
    public void AddTensor(string name, GgmlType type, ReadOnlySpan<long> dimensions, long length, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(write);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (dimensions.Length is 0 or > 4 || dimensions.ContainsAnyInRange(long.MinValue, 0))
        {
            throw new ArgumentException($"Tensor '{name}' needs one to four positive dimensions.", nameof(dimensions));
        }

        if (!_tensors.TryAdd(name, (type, dimensions.ToArray(), length, write)))
        {
            throw new ArgumentException($"There is a tensor '{name}' already.", nameof(name));
        }
    }

    /// <summary>Writes the file. Header and every tensor's data are filled up with zeros to the alignment, as the reference's tools do.</summary>
    /// <param name="stream">Where to; it need not seek, and stays open.</param>
    /// <exception cref="InvalidOperationException">A tensor's data has another length than was said (noticed in a stream that can seek).</exception>
    public void WriteTo(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        uint alignment = Alignment;
        ArrayBufferWriter<byte> header = ComposeHeader(alignment);
        stream.Write(header.WrittenSpan);
        Pad(stream, header.WrittenCount, alignment);
        foreach ((string name, (_, _, long length, Action<Stream> write)) in _tensors)
        {
            long start = stream.CanSeek ? stream.Position : 0;
            write(stream);
            if (stream.CanSeek && stream.Position - start != length)
            {
                throw new InvalidOperationException($"Tensor '{name}' was to have {length} bytes, {stream.Position - start} were written.");
            }

            Pad(stream, length, alignment);
        }
    }

    /// <summary>Writes a file as <see cref="OutputFile"/> does: whole or not at all.</summary>
    /// <param name="path">The file's path.</param>
    /// <exception cref="TesseraException">The path is a folder.</exception>
    /// <exception cref="IOException">It cannot be written, or another process is writing it.</exception>
    public void SaveTo(string path)
    {
        using OutputFile file = OutputFile.Create(path);
        WriteTo(file.Stream);
        file.Complete();
    }

    /// <summary>The file as bytes.</summary>
    public byte[] ToArray()
    {
        using var stream = new MemoryStream();
        WriteTo(stream);
        return stream.ToArray();
    }

    private ArrayBufferWriter<byte> ComposeHeader(uint alignment)
    {
        var header = new ArrayBufferWriter<byte>();
        header.Write("GGUF"u8);
        WriteUInt32(header, (uint)_version);
        WriteUInt64(header, (ulong)_tensors.Count);
        WriteUInt64(header, (ulong)_values.Count);
        foreach ((string key, GgufValue value) in _values)
        {
            WriteString(header, GgufNames.Encode(key));
            WriteValue(header, value);
        }

        ulong offset = 0;
        foreach ((string name, (GgmlType type, long[] dimensions, long length, _)) in _tensors)
        {
            WriteString(header, GgufNames.Encode(name));
            WriteUInt32(header, (uint)dimensions.Length);
            foreach (long extent in dimensions)
            {
                WriteUInt64(header, (ulong)extent);
            }

            WriteUInt32(header, (uint)type);
            WriteUInt64(header, offset);
            offset += (ulong)(length + Padding(length, alignment));
        }

        return header;
    }

    private static void WriteValue(ArrayBufferWriter<byte> target, GgufValue value)
    {
        WriteUInt32(target, (uint)value.Type);
        if (value.Type == GgufValueType.String)
        {
            WriteUInt64(target, (ulong)value.Payload.Length);
        }
        else if (value.Type == GgufValueType.Array)
        {
            WriteUInt32(target, (uint)value.ElementType);
            WriteUInt64(target, (ulong)value.Count);
        }

        target.Write(value.Payload.Span);
    }

    private static void WriteString(ArrayBufferWriter<byte> target, ReadOnlySpan<byte> text)
    {
        WriteUInt64(target, (ulong)text.Length);
        target.Write(text);
    }

    private static void WriteUInt32(ArrayBufferWriter<byte> target, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(target.GetSpan(4), value);
        target.Advance(4);
    }

    private static void WriteUInt64(ArrayBufferWriter<byte> target, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(target.GetSpan(8), value);
        target.Advance(8);
    }

    private static long Padding(long length, uint alignment) => -length & (alignment - 1L);

    private static void Pad(Stream stream, long length, uint alignment)
    {
        Span<byte> zeros = stackalloc byte[256];
        zeros.Clear();
        for (long left = Padding(length, alignment); left > 0; left -= zeros.Length)
        {
            stream.Write(zeros[..(int)Math.Min(left, zeros.Length)]);
        }
    }

    private static GgufValueType TypeOf<T>() => Type.GetTypeCode(typeof(T)) switch
    {
        TypeCode.Byte => GgufValueType.UInt8,
        TypeCode.SByte => GgufValueType.Int8,
        TypeCode.UInt16 => GgufValueType.UInt16,
        TypeCode.Int16 => GgufValueType.Int16,
        TypeCode.UInt32 => GgufValueType.UInt32,
        TypeCode.Int32 => GgufValueType.Int32,
        TypeCode.Single => GgufValueType.Float32,
        TypeCode.Boolean => GgufValueType.Bool,
        TypeCode.UInt64 => GgufValueType.UInt64,
        TypeCode.Int64 => GgufValueType.Int64,
        TypeCode.Double => GgufValueType.Float64,
        _ => throw new ArgumentException($"GGUF has no type for {typeof(T)}."),
    };
}
