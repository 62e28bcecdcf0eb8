
namespace Tessera.Fuzz.Mutation;

/// <summary>Changes an entry of a ZIP archive, or what is said of it in one of its two descriptions.</summary>
internal sealed class ZipMutator : IMutator
{
    private const int SymbolicLink = 0xA1FF << 16;

    private static readonly string[] s_names =
    [
        "../outside.dll", "lib/../../outside.dll", "/tmp/outside.dll", "C:/outside.dll", "..\\outside.dll", "a\0b", "con", "aux.dll", "NUL.txt", "lib/com1",
        "a.", "a ", "a./b", "lib", "lib/",
        "lib/net10.0", "LIB/NET10.0/TINY.DLL", "//a", "a//b", "./a", "", ".", "..", "plugins.lock.json", ".lock", "\u0301", "a\u001b[31m", "tiny.dll",
        "lib/net10.0/tiny.dll", new('a', 300),
        string.Join('/', Enumerable.Repeat("d", 500)),
    ];

    public (byte[] File, string What)? Mutate(byte[] file, Random random)
    {
        if (ZipDocument.Read(file) is not { Entries.Count: > 0 } document)
        {
            return null;
        }

        int at = random.Next(document.Entries.Count);
        ZipDocument.Entry entry = document.Entries[at];
        string what = Change(document, at, random);
        return (document.Write(), $"'{entry.Name}': {what}");
    }

    private static string Change(ZipDocument document, int at, Random random)
    {
        ZipDocument.Entry entry = document.Entries[at];
        uint number = (uint)Interesting.Integer(random);
        switch (random.Next(13))
        {
            case 0:
                document.Entries[at] = entry with { Name = random.In(s_names) };
                return $"its name is '{document.Entries[at].Name}'";
            case 1:
                document.Entries.Add(entry with { Name = random.In(s_names) });
                return $"a second one named '{document.Entries[^1].Name}'";
            case 2:
                document.Entries.RemoveAt(at);
                return "away";
            case 3:
                document.Entries[at] = entry with { LocalName = random.In(s_names) };
                return $"its name before its data is '{document.Entries[at].LocalName}'";
            case 4:
                document.Entries[at] = entry with { Length = number };
                return $"says {number} bytes";
            case 5:
                document.Entries[at] = entry with { PackedLength = number };
                return $"says {number} packed bytes";
            case 6:
                document.Entries[at] = entry with { Checksum = number };
                return "another checksum";
            case 7:
                document.Entries[at] = entry with { Method = (ushort)random.Next(16) };
                return $"method {document.Entries[at].Method}";
            case 8:
                document.Entries[at] = entry with { Attributes = random.Next(2) == 0 ? SymbolicLink : (int)number };
                return $"attributes 0x{document.Entries[at].Attributes:X8}";
            case 9:
                document.Entries[at] = entry with { Flags = (ushort)(1 << random.Next(16)) };
                return $"flags 0x{document.Entries[at].Flags:X4}";
            case 10:
                document.Entries[at] = entry with { Offset = number };
                return $"at {number}";
            case 11:
                // The content changes and everything that describes it with it.
                byte[] content = (random.Next(4) == 0 ? null : new ByteMutator().Mutate(entry.Content, random)?.File) ?? new byte[1 << random.Next(22)];
                document.Entries[at] = entry with { Content = content };
                return $"{content.Length} other bytes";
            default:
                document.EntryCount = (ushort)number;
                return $"one of {document.EntryCount}";
        }
    }
}
