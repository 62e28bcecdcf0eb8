using Tessera.Fuzz.Corpus;
using Tessera.Fuzz.Harness;
using Tessera.Fuzz.Mutation;
using Tessera.Plugins;
using Tessera.Plugins.Management;

namespace Tessera.Fuzz.Targets;

/// <summary>
/// A plugin's package up to where its code would be loaded: unpacked, searched and hashed. Nothing is written outside of the folder that it gets.
/// </summary>
internal sealed class PackageTarget : FuzzTarget
{
    public override string Name => "package";

    public override string Extension => ".nupkg";

    public override long FixedBytes => 16 << 20;

    public override IReadOnlyList<IMutator> Mutators { get; } = [new ZipMutator()];

    public override void Run(string path)
    {
        string around = path + ".around";
        if (Directory.Exists(around))
        {
            Directory.Delete(around, recursive: true);
        }

        string work = Directory.CreateDirectory(Path.Combine(around, "work")).FullName;
        try
        {
            new PluginPackage(path, PluginLimits.Default, CancellationToken.None).CopyTo(work);
            foreach (PluginFile plugin in PluginFile.ReadAll(work, SearchOption.AllDirectories))
            {
                plugin.WhyNot(PluginContract.Version);
            }

            FolderContents.Hash(work);
        }
        catch (TesseraException e)
        {
            ExpectNothingOutside(around, e);
            throw;
        }

        ExpectNothingOutside(around, refusal: null);
    }

    protected override IReadOnlyList<byte[]> MakeCorpus() => [TinyPlugin.Package()];

    private static void ExpectNothingOutside(string around, Exception? refusal)
    {
        if (Directory.GetFileSystemEntries(around).Length != 1 || File.Exists("/tmp/outside.dll"))
        {
            throw new InvalidOperationException("Something was written outside of the folder.", refusal);
        }
    }
}
