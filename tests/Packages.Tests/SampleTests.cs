using Tessera.Conformance;

namespace Tessera.Packages.Tests;

/// <summary>The sample, away from the repository.</summary>
public class SampleTests(LocalFeed feed)
{
    [Fact]
    public async Task TQ2_0_passes_its_tests_and_is_found()
    {
        string folder = Path.Combine(feed.Folder, "Quant.TQ2_0");
        Copy(Path.Combine(Golden.RepositoryRoot, "samples", "Quant.TQ2_0"), folder);
        File.Delete(Path.Combine(folder, "nuget.config"));

        await feed.TestAsync(folder);
        string listed = await feed.TesseraAsync("plugins", "--plugins", PluginProject.OutputOf(folder));

        Assert.Contains("TQ2_0 (35)", listed, StringComparison.Ordinal);
    }

    private static void Copy(string source, string destination)
    {
        string[] built = ["bin", "obj"];
        Directory.CreateDirectory(destination);
        foreach (string file in Directory.GetFiles(source))
        {
            File.Copy(file, Path.Combine(destination, Path.GetFileName(file)));
        }

        foreach (string folder in Directory.GetDirectories(source).Where(folder => !built.Contains(Path.GetFileName(folder))))
        {
            Copy(folder, Path.Combine(destination, Path.GetFileName(folder)));
        }
    }
}
