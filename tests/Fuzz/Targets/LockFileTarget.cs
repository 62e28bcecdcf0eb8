using System.Text;
using Tessera.Fuzz.Corpus;
using Tessera.Fuzz.Harness;
using Tessera.Fuzz.Mutation;
using Tessera.Plugins;
using Tessera.Plugins.Management;

namespace Tessera.Fuzz.Targets;

/// <summary>
/// A lock file, in a folder with one plugin: the plugin is held to it, what is missing is listed, everything that it names is removed. Nothing outside goes
/// away.
/// </summary>
internal sealed class LockFileTarget : FuzzTarget
{
    public override string Name => "lock-file";

    public override string Extension => ".json";

    public override long FixedBytes => 1 << 20;

    public override IReadOnlyList<IMutator> Mutators { get; } = [new JsonMutator(), new TextMutator()];

    public override void Run(string path)
    {
        string around = path + ".around";
        if (Directory.Exists(around))
        {
            Directory.Delete(around, recursive: true);
        }

        string outside = Directory.CreateDirectory(Path.Combine(around, "x")).FullName;
        string folder = Path.Combine(around, "store");
        PluginFile plugin = MakeStore(folder);
        File.Copy(path, Path.Combine(folder, PluginLock.FileName));
        var store = new PluginStore(folder);
        new LockCheck(lockedOnly: true).WhyNot(plugin, out _);
        store.FindMissing();
        foreach (string name in PluginLock.Read(folder).Plugins.Keys.Take(3).Append(TinyPlugin.Name).ToArray())
        {
            Remove(store, name);
            if (!Directory.Exists(outside))
            {
                throw new InvalidOperationException($"'{name}' removes a folder outside of the store.");
            }
        }
    }

    protected override IReadOnlyList<byte[]> MakeCorpus()
    {
        string around = Directory.CreateTempSubdirectory("tessera-fuzz-").FullName;
        string hash = FolderContents.Hash(MakeStore(around).Folder);
        Directory.Delete(around, recursive: true);
        return
        [
            Encoding.UTF8.GetBytes($$"""
                {"version":1,"plugins":{"Tiny":{"name":"Tiny","version":"1.0.0.0","sha256":"{{hash}}"} } }
                """),
            Encoding.UTF8.GetBytes($$"""
                {
                  "version": 1,
                  "plugins": {
                    "Away": { "name": "Away", "version": "2.0", "sha256": "00" },
                    "Other": { "name": "Tiny", "version": "", "sha256": "{{hash}}" }
                  }
                }
                """),
        ];
    }

    private static PluginFile MakeStore(string folder)
    {
        string file = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, TinyPlugin.Name)).FullName, $"{TinyPlugin.Name}.dll");
        File.WriteAllBytes(file, TinyPlugin.Assembly);
        return PluginFile.Read(file, PluginSource.Option)!;
    }

    private static void Remove(PluginStore store, string name)
    {
        try
        {
            store.Remove(name);
        }
        catch (MissingPluginException)
        {
            // Removed before, under another name.
        }
    }
}
