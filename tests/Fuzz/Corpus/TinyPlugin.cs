using System.IO.Compression;
using System.Reflection;
using System.Reflection.Emit;
using Tessera.Plugins;

namespace Tessera.Fuzz.Corpus;

/// <summary>A plugin of two kilobytes, with the contract's attribute and nothing else: it is described and never run.</summary>
internal static class TinyPlugin
{
    public const string Name = "Tiny";

    private static readonly Lazy<byte[]> s_assembly = new(MakeAssembly);

    public static byte[] Assembly => s_assembly.Value;

    /// <summary>A package of it, with the files that packages have.</summary>
    public static byte[] Package()
    {
        var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create))
        {
            Add(archive, "_rels/.rels", "<Relationships/>"u8);
            Add(archive, "Tiny.nuspec", "<package><metadata><id>Tiny</id><version>1.0.0</version></metadata></package>"u8);
            Add(archive, "lib/net10.0/Tiny.dll", Assembly);
            Add(archive, "lib/net10.0/", []);
            Add(archive, "golden/Tiny.f32", new byte[256]);
        }

        return file.ToArray();
    }

    private static void Add(ZipArchive archive, string name, ReadOnlySpan<byte> content)
    {
        ZipArchiveEntry entry = archive.CreateEntry(name);
        entry.LastWriteTime = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using Stream stream = entry.Open();
        stream.Write(content);
    }

    private static byte[] MakeAssembly()
    {
        var contract = new CustomAttributeBuilder(typeof(PluginContractAttribute).GetConstructor([typeof(int)])!, [PluginContract.Version]);
        var assembly = new PersistedAssemblyBuilder(new AssemblyName(Name) { Version = new Version(1, 0) }, typeof(object).Assembly, [contract]);
        assembly.DefineDynamicModule(Name).DefineType("Tiny.Nothing", TypeAttributes.Public).CreateType();
        var file = new MemoryStream();
        assembly.Save(file);
        return file.ToArray();
    }
}
