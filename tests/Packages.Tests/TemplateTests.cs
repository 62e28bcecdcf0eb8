using Tessera.Conformance;

namespace Tessera.Packages.Tests;

/// <summary>From <c>dotnet new</c> to a plugin that the tool lists, and a model that runs with it.</summary>
public class TemplateTests(LocalFeed feed)
{
    private static readonly string Model = Path.Combine(Golden.RepositoryRoot, "models", "shakespeare.Q4_K_M.gguf");

    [Fact]
    public async Task A_new_format_passes_its_tests_and_runs_a_model()
    {
        string folder = await feed.NewAsync("tessera-quant", "My.Format");
        await feed.TestAsync(folder);
        string converted = Path.Combine(folder, "toy4.gguf");
        await feed.DotnetAsync(folder, "run", "--project", "convert", "-c", "Release", "--", Model, converted);
        string[] plugins = ["--plugins", PluginProject.OutputOf(folder)];

        string listed = await feed.TesseraAsync(["plugins", .. plugins]);
        string types = await feed.TesseraAsync(["inspect", converted, .. plugins]);
        string text = await feed.TesseraAsync(["run", converted, "-n", "16", "--temp", "0", .. plugins]);

        Assert.Contains("TOY4", listed, StringComparison.Ordinal);
        Assert.Contains("My.Format", types, StringComparison.Ordinal);
        Assert.NotEmpty(text.Trim());
    }

    [Theory]
    [InlineData("tessera-tokenizer", "My.Tokenizer", "tokenizer toy")]
    [InlineData("tessera-architecture", "My.Architecture", "architecture toy")]
    public async Task A_new_plugin_passes_its_tests_and_is_found(string template, string name, string export)
    {
        string folder = await feed.NewAsync(template, name);
        await feed.TestAsync(folder);

        string listed = await feed.TesseraAsync("plugins", "--plugins", PluginProject.OutputOf(folder));

        Assert.Contains(name, listed, StringComparison.Ordinal);
        Assert.Contains(export, listed, StringComparison.Ordinal);
        Assert.DoesNotContain("rejected", listed, StringComparison.Ordinal);
    }
}
