using System.IO.Compression;
using System.Text;

namespace Tessera.Fuzz.Mutation;

/// <summary>A ZIP archive taken apart, with a writer that can say of an entry what is not so.</summary>
internal sealed class ZipDocument
{
    private const ushort Deflate = 8;
    private const ushort Version = 20;

    public List<Entry> Entries { get; } = [];

    /// <summary>What the end of the directory says in place of the number of entries.</summary>
    public ushort? EntryCount { get; set; }

    /// <summary>Takes a good archive apart.</summary>
    /// <returns>Null where it is not good.</returns>
    public static ZipDocument? Read(byte[] file)
    {
        try
        {
            using var archive = new ZipArchive(new MemoryStream(file));
            var document = new ZipDocument();
            foreach (ZipArchiveEntry entry in archive.Entries.Take(100))
            {
                using Stream stream = entry.Open();
                var content = new byte[checked((int)Math.Min(entry.Length, 1 << 22))];
                int length = stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
                document.Entries.Add(new Entry { Name = entry.FullName, Content = content[..length], Attributes = entry.ExternalAttributes });
            }

            return document;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    public byte[] Write()
    {
        var file = new MemoryStream();
        var writer = new BinaryWriter(file);
        var directory = new MemoryStream();
        var directoryWriter = new BinaryWriter(directory);
        foreach (Entry entry in Entries)
        {
            byte[] packed = entry.Packed();
            uint offset = (uint)file.Length;
            writer.Write(0x04034B50);
            WriteDescription(writer, entry, packed, entry.LocalName ?? entry.Name);
            writer.Write((ushort)0);
            writer.Write(Encoding.UTF8.GetBytes(entry.LocalName ?? entry.Name));
            writer.Write(packed);

            directoryWriter.Write(0x02014B50);
            directoryWriter.Write((ushort)(Version | (3 << 8)));
            WriteDescription(directoryWriter, entry, packed, entry.Name);
            directoryWriter.Write(new byte[2 + 2 + 2 + 2]);
            directoryWriter.Write(entry.Attributes);
            directoryWriter.Write(entry.Offset ?? offset);
            directoryWriter.Write(Encoding.UTF8.GetBytes(entry.Name));
        }

        uint start = (uint)file.Length;
        writer.Write(directory.ToArray());
        writer.Write(0x06054B50);
        writer.Write(0);
        writer.Write(EntryCount ?? (ushort)Entries.Count);
        writer.Write(EntryCount ?? (ushort)Entries.Count);
        writer.Write((uint)directory.Length);
        writer.Write(start);
        writer.Write((ushort)0);
        return file.ToArray();
    }

    /// <summary>The fields that the local and the central description have in common, from the version to the name's length.</summary>
    private static void WriteDescription(BinaryWriter writer, Entry entry, byte[] packed, string name)
    {
        writer.Write(Version);
        writer.Write(entry.Flags);
        writer.Write(entry.Method);
        writer.Write(0);
        writer.Write(entry.Checksum ?? Crc32.Of(entry.Content));
        writer.Write(entry.PackedLength ?? (uint)packed.Length);
        writer.Write(entry.Length ?? (uint)entry.Content.Length);
        writer.Write((ushort)Encoding.UTF8.GetByteCount(name));
    }

    /// <summary>An entry; what is null is as the content has it.</summary>
    internal sealed record Entry
    {
        public required string Name { get; init; }

        public required byte[] Content { get; init; }

        public string? LocalName { get; init; }

        public ushort Method { get; init; } = Deflate;

        public ushort Flags { get; init; } = 1 << 11;

        public int Attributes { get; init; }

        public uint? Checksum { get; init; }

        public uint? Length { get; init; }

        public uint? PackedLength { get; init; }

        public uint? Offset { get; init; }

        public byte[] Packed()
        {
            if (Method == 0)
            {
                return Content;
            }

            var packed = new MemoryStream();
            using (var deflate = new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            {
                deflate.Write(Content);
            }

            return packed.ToArray();
        }
    }
}
