using System.Text.RegularExpressions;
using Tessera.Conformance;

namespace Tessera.Packages.Tests;

/// <summary>The samples, away from the repository.</summary>
public class SampleTests(LocalFeed feed)
{
    private static readonly string Model = Path.Combine(Golden.RepositoryRoot, "models", "shakespeare.Q4_K_M.gguf");

    [Fact]
    public async Task The_console_program_continues_its_prompt_and_logs_what_it_loaded()
    {
        string output = await RunAsync("Console", "--Prompt", "ROMEO:", "--MaxTokens", "8");

        Assert.Contains("info: Tessera.Plugins[103]", output, StringComparison.Ordinal);
        Assert.Contains($"info: Tessera.Models[203] Loaded {Model}: llama, Fast numerics", output, StringComparison.Ordinal);
        Assert.Contains((await feed.TesseraAsync("run", Model, "-p", "ROMEO:", "-n", "8", "--temp", "0")).Trim(), output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_worker_answers_every_prompt_and_shows_spans_and_figures()
    {
        string output = await RunAsync("Worker");

        Assert.Contains("Exact numerics", output, StringComparison.Ordinal);
        Assert.All(["ROMEO:", "JULIET:", "First Citizen:"], prompt => Assert.Contains(prompt, output, StringComparison.Ordinal));
        Assert.Contains("tessera.load", output, StringComparison.Ordinal);
        Assert.Equal(3, Regex.Count(output, @"DisplayName: *tessera\.generate"));
        Assert.Contains("Metric Name: tessera.tokens.output", output, StringComparison.Ordinal);
        Assert.Contains("Value: 72", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_web_program_streams_an_answer()
    {
        string folder = CopySample("Web");
        string published = Path.Combine(folder, "published");
        await feed.DotnetAsync(folder, "publish", "-c", "Release", "-o", published, $"-p:TesseraVersion={feed.Version}");
        await using BackgroundCommand server = feed.Start(
            "dotnet", published, Path.Combine(published, "Web.dll"), "--Tessera:Model:Path", Model, "--Urls", "http://127.0.0.1:0");
        string address = await server.ReadUntilAsync("Now listening on: ");
        using var client = new HttpClient { BaseAddress = new Uri(address) };

        string events = await client.GetStringAsync("/complete?text=ROMEO:&tokens=5", TestContext.Current.CancellationToken);
        string tokens = await client.GetStringAsync("/tokens?text=ROMEO:", TestContext.Current.CancellationToken);

        Assert.Equal(5, events.Split("\n\n").Length - 1);
        Assert.Contains($"\"prompt_ids\":{tokens}", await feed.TesseraAsync("run", Model, "-p", "ROMEO:", "-n", "1", "--json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TQ2_0_passes_its_tests_and_is_found()
    {
        string folder = CopySample("Quant.TQ2_0");
        File.Delete(Path.Combine(folder, "nuget.config"));

        await feed.TestAsync(folder);
        string listed = await feed.TesseraAsync("plugins", "--plugins", PluginProject.OutputOf(folder));

        Assert.Contains("TQ2_0 (35)", listed, StringComparison.Ordinal);
    }

    private Task<string> RunAsync(string sample, params IEnumerable<string> arguments) => feed.DotnetAsync(
        CopySample(sample), ["run", "-c", "Release", $"-p:TesseraVersion={feed.Version}", "--", "--Tessera:Model:Path", Model, .. arguments]);

    /// <returns>The folder of the copy, beside one of what the samples share.</returns>
    private string CopySample(string name)
    {
        string samples = Path.Combine(Golden.RepositoryRoot, "samples");
        string folder = Path.Combine(feed.Folder, "samples", name);
        Copy(Path.Combine(samples, name), folder);
        File.Copy(Path.Combine(samples, "Directory.Build.props"), Path.Combine(feed.Folder, "samples", "Directory.Build.props"), overwrite: true);
        return folder;
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
