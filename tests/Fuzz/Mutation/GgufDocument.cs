using System.Buffers.Binary;
using System.Text;

namespace Tessera.Fuzz.Mutation;

/// <summary>
/// A GGUF file taken apart, with a reader and a writer of its own: what is fuzzed does not judge what is well formed, and what is written need not be.
/// </summary>
internal sealed class GgufDocument
{
    private const uint StringType = 8;
    private const uint ArrayType = 9;
    private const string AlignmentKey = "general.alignment";

    private static readonly int[] s_sizes = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8];

    public uint Version { get; set; } = 3;

    public List<Entry> Keys { get; } = [];

    public List<Tensor> Tensors { get; } = [];

    /// <summary>What the header says in place of the number of keys.</summary>
    public ulong? KeyCount { get; set; }

    /// <summary>What the header says in place of the number of tensors.</summary>
    public ulong? TensorCount { get; set; }

    private long Alignment => Keys.FirstOrDefault(key => key.Name == AlignmentKey) is { Type: 4, Value: [_, _, _, _] value }
        && BinaryPrimitives.ReadUInt32LittleEndian(value) is > 0 and <= 4096 and uint alignment ? alignment : 32;

    /// <summary>Bytes of a value of a type; 0 for strings, arrays and what is no type.</summary>
    public static int SizeOf(uint type) => type < s_sizes.Length ? s_sizes[type] : 0;

    /// <summary>Takes a file apart.</summary>
    /// <returns>Null where it is not well formed.</returns>
    public static GgufDocument? Read(byte[] file)
    {
        try
        {
            var document = new GgufDocument();
            var reader = new BinaryReader(new MemoryStream(file));
            reader.ReadUInt32();
            document.Version = reader.ReadUInt32();
            long tensors = reader.ReadInt64();
            long keys = reader.ReadInt64();
            for (long i = 0; i < keys; i++)
            {
                string name = ReadText(reader);
                uint type = reader.ReadUInt32();
                long start = reader.BaseStream.Position;
                SkipValue(reader, type);
                document.Keys.Add(new Entry { Name = name, Type = type, Value = file[(int)start..(int)reader.BaseStream.Position] });
            }

            for (long i = 0; i < tensors; i++)
            {
                var tensor = new Tensor { Name = ReadText(reader) };
                uint dimensions = reader.ReadUInt32();
                for (uint d = 0; d < dimensions; d++)
                {
                    tensor.Dimensions.Add(reader.ReadUInt64());
                }

                tensor.Type = reader.ReadUInt32();
                tensor.Offset = reader.ReadUInt64();
                document.Tensors.Add(tensor);
            }

            document.ReadData(file, Align(reader.BaseStream.Position, document.Alignment));
            return document;
        }
        catch (Exception e) when (e is IOException or ArgumentException or OverflowException)
        {
            return null;
        }
    }

    /// <summary>Puts it together again, with every tensor's data where its description says unless that was changed.</summary>
    public byte[] Write()
    {
        var file = new MemoryStream();
        var writer = new BinaryWriter(file);
        writer.Write("GGUF"u8);
        writer.Write(Version);
        writer.Write(TensorCount ?? (ulong)Tensors.Count);
        writer.Write(KeyCount ?? (ulong)Keys.Count);
        foreach (Entry key in Keys)
        {
            WriteText(writer, key.Name);
            writer.Write(key.Type);
            writer.Write(key.Value);
        }

        long alignment = Alignment;
        long offset = 0;
        foreach (Tensor tensor in Tensors)
        {
            WriteText(writer, tensor.Name);
            writer.Write((uint)tensor.Dimensions.Count);
            tensor.Dimensions.ForEach(writer.Write);
            writer.Write(tensor.Type);
            writer.Write(tensor.HasOwnOffset ? tensor.Offset : (ulong)offset);
            offset = Align(offset + tensor.Data.Length, alignment);
        }

        foreach (Tensor tensor in Tensors)
        {
            writer.Write(new byte[Align(file.Length, alignment) - file.Length]);
            writer.Write(tensor.Data);
        }

        return file.ToArray();
    }

    private static long Align(long offset, long alignment) => (offset + alignment - 1) / alignment * alignment;

    private static string ReadText(BinaryReader reader)
    {
        ulong length = reader.ReadUInt64();
        return length <= (ulong)(reader.BaseStream.Length - reader.BaseStream.Position)
            ? Encoding.Latin1.GetString(reader.ReadBytes((int)length))
            : throw new EndOfStreamException();
    }

    private static void WriteText(BinaryWriter writer, string text)
    {
        writer.Write((ulong)text.Length);
        writer.Write(Encoding.Latin1.GetBytes(text));
    }

    private static void SkipValue(BinaryReader reader, uint type)
    {
        if (type == StringType)
        {
            Skip(reader, reader.ReadUInt64());
        }
        else if (type == ArrayType)
        {
            uint element = reader.ReadUInt32();
            ulong count = reader.ReadUInt64();
            if (SizeOf(element) > 0)
            {
                Skip(reader, checked(count * (ulong)SizeOf(element)));
                return;
            }

            for (ulong i = 0; i < count; i++)
            {
                SkipValue(reader, element);
            }
        }
        else
        {
            Skip(reader, SizeOf(type) is > 0 and int size ? (ulong)size : throw new IOException("no type"));
        }
    }

    private static void Skip(BinaryReader reader, ulong bytes)
    {
        if (bytes > (ulong)(reader.BaseStream.Length - reader.BaseStream.Position))
        {
            throw new EndOfStreamException();
        }

        reader.BaseStream.Position += (long)bytes;
    }

    private void ReadData(byte[] file, long start)
    {
        long[] offsets = [.. Tensors.Select(tensor => checked(start + (long)tensor.Offset)), file.Length];
        Array.Sort(offsets);
        foreach (Tensor tensor in Tensors)
        {
            long offset = start + (long)tensor.Offset;
            long end = offsets.First(next => next > offset || next == file.Length);
            tensor.Data = offset < end ? file[(int)offset..(int)end] : [];
        }
    }

    /// <summary>A key with its value as the file has it: a string with its length, an array with its type and count.</summary>
    internal sealed class Entry
    {
        /// <summary>The bytes of the name, as Latin-1.</summary>
        public required string Name { get; set; }

        public required uint Type { get; set; }

        public required byte[] Value { get; set; }

        public Entry Copy() => new() { Name = Name, Type = Type, Value = Value };
    }

    /// <summary>A tensor's description and data.</summary>
    internal sealed class Tensor
    {
        /// <summary>The bytes of the name, as Latin-1.</summary>
        public required string Name { get; set; }

        public List<ulong> Dimensions { get; } = [];

        public uint Type { get; set; }

        public ulong Offset { get; set; }

        /// <summary>Whether <see cref="Offset"/> is what the description says, wherever the data is.</summary>
        public bool HasOwnOffset { get; set; }

        public byte[] Data { get; set; } = [];
    }
}
