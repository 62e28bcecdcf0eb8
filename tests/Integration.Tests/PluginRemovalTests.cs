namespace Tessera.Integration.Tests;

/// <summary>Formats are what lies in the plugins' folder, no more and no less.</summary>
public class PluginRemovalTests
{
    [Fact]
    public async Task A_format_that_is_taken_away_is_missed_by_name_and_works_again_when_it_is_back()
    {
        using var copy = new TemporaryFolder();
        CopyFolder(CommandLine.Folder, copy.Path);
        string format = copy.File(Path.Combine("plugins", "Quant.Q4K"));
        string aside = copy.File("Quant.Q4K.aside");
        string[] run = ["run", "-n", "2", "--temp", "0"];

        Directory.Move(format, aside);
        CommandLineResult without = await CommandLine.RunAsync(copy.Path, run);
        Directory.Move(aside, format);
        CommandLineResult with = await CommandLine.RunAsync(copy.Path, run);

        Assert.Equal(3, without.ExitCode);
        Assert.Contains("Q4_K", without.Error, StringComparison.Ordinal);
        Assert.Contains("tensor 'blk.", without.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", without.Error, StringComparison.Ordinal);
        Assert.Equal(0, with.ExitCode);
        Assert.NotEmpty(with.Output.Trim());
    }

    [Fact]
    public async Task Inspecting_a_model_whose_format_is_missing_says_so()
    {
        using var copy = new TemporaryFolder();
        CopyFolder(CommandLine.Folder, copy.Path);
        Directory.Delete(copy.File(Path.Combine("plugins", "Quant.Q4K")), recursive: true);

        CommandLineResult result = await CommandLine.RunAsync(copy.Path, ["inspect", copy.File(Path.Combine("models", "shakespeare.Q4_K_M.gguf"))]);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("quantization format Q4_K: no plugin serves it", result.Output, StringComparison.Ordinal);
    }

    private static void CopyFolder(string source, string destination)
    {
        foreach (string folder in Directory.EnumerateDirectories(source, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(Path.Combine(destination, Path.GetRelativePath(source, folder)));
        }

        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, Path.Combine(destination, Path.GetRelativePath(source, file)));
        }
    }
}
