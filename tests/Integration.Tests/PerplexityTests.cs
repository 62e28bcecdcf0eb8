using System.Text.Json;
using Tessera.Conformance;
using Tessera.Generation;
using Tessera.Loading;
using Tessera.Numerics;
using Tessera.Workbench.Evaluation;

namespace Tessera.Integration.Tests;

/// <summary>The perplexity of llama-perplexity.</summary>
public class PerplexityTests
{
    private const int Context = 128;

    /// <summary>
    /// Its estimates, of weights that it multiplies with 8-bit activations: those are what ours differ by, and half a percent is more than any.
    /// </summary>
    [Theory]
    [InlineData("f16", 3.1742, 0.001)]
    [InlineData("Q8_0", 3.1724, 0.005)]
    [InlineData("Q6_K", 3.2507, 0.01)]
    [InlineData("Q5_K_M", 3.3419, 0.01)]
    [InlineData("Q4_K_M", 3.6096, 0.005)]
    public async Task The_reference_s_perplexity_in_exact_numerics(string type, double expected, double tolerance)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using LanguageModel model = await Engine.Loader.LoadAsync(
            Golden.Path($"models/stories3M.{type}.gguf"), new ModelOptions { Numerics = NumericsMode.Exact }, cancellationToken: cancellation);
        IReadOnlyList<int> tokens = model.EncodeText(File.ReadAllBytes(Golden.Path("models/perplexity.txt")));

        PerplexityEstimate estimate = new PerplexityEvaluator(model, Context).Evaluate(tokens, cancellationToken: cancellation).Last();

        TestContext.Current.TestOutputHelper?.WriteLine($"{type}: {estimate.Perplexity:f4} ± {estimate.Error:f4}, the reference {expected:f4}");
        Assert.Equal(expected, estimate.Perplexity, tolerance * expected);
    }

    [Fact]
    [Trait("Category", "Numerics")]
    public async Task Logits_of_one_model_are_the_measure_of_another()
    {
        using var folder = new TemporaryFolder();
        string saved = folder.File("base.kld");
        CommandLineResult saving = await CommandLine.RunAsync(
            "perplexity", Golden.Path("models/stories3M.f16.gguf"), "-f",
            Golden.Path("models/perplexity.txt"), "-c", "128", "--chunks", "4", "--save-logits", saved);
        CommandLineResult comparing = await CommandLine.RunAsync("perplexity", Golden.Path("models/stories3M.Q4_K_M.gguf"), "--kl-base", saved, "--json");

        Assert.Equal(0, saving.ExitCode);
        Assert.Contains("[4/4] perplexity ", saving.Error, StringComparison.Ordinal);
        JsonElement json = JsonDocument.Parse(comparing.Output).RootElement;
        Assert.Equal(4 * 63, json.GetProperty("tokens").GetInt32());

        // llama-perplexity has 0.147 after four windows.
        Assert.InRange(json.GetProperty("divergence").GetProperty("kl_divergence").GetProperty("value").GetDouble(), 0.13, 0.16);
        Assert.Equal([saved], Directory.GetFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData(2, "none.txt: there is no such file", "-f", "none.txt")]
    [InlineData(2, "none.kld: there is no such file", "--kl-base", "none.kld")]
    [InlineData(1, "Give a text with --file")]
    [InlineData(1, "--ctx-size takes a whole number from 4 to 2147483647, not '3'", "-f", "none.txt", "-c", "3")]
    public async Task A_wrong_call_says_what_is_wrong(int exitCode, string message, params string[] arguments)
    {
        CommandLineResult result = await CommandLine.RunAsync(["perplexity", "none.gguf", .. arguments]);

        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }
}
