using Tessera.Conformance;
using Tessera.Generation;
using Tessera.Loading;
using Tessera.Numerics;

namespace Tessera.Integration.Tests;

/// <summary>Small files, each with one thing that real users had trouble with, generate what the one without does.</summary>
public class CaseTests
{
    private const string Plain = "ok.gguf";
    private const string Prompt = "ab cd";
    private const int Tokens = 24;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static string Folder => Path.GetFullPath(Path.Combine(Golden.Folder, "..", "cases"));

    public static TheoryData<string> Odd => Directory.Exists(Folder)
        ? [.. Directory.EnumerateFiles(Folder, "*.gguf").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)]
        : [Plain];

    [Theory]
    [MemberData(nameof(Odd))]
    public async Task A_file_with_one_odd_thing_runs(string name)
    {
        int[] expected = await GenerateAsync(Plain, new SamplingOptions { Temperature = 0 });

        switch (name)
        {
            case "suppress_tokens.gguf":
                await ExpectSuppressedAsync(name, expected);
                break;
            case "model_gemma4.gguf":
                // This tokenizer puts no space before a text.
                Assert.Equal(expected, await GenerateAsync(name, new SamplingOptions { Temperature = 0 }, $" {Prompt}"));
                break;
            case "sampling_temp_0.gguf":
                Assert.Equal(expected, await GenerateAsync(name, null));
                break;
            default:
                Assert.Equal(expected, await GenerateAsync(name, new SamplingOptions { Temperature = 0 }));
                break;
        }
    }

    [Fact]
    public async Task What_the_command_line_says_goes_before_what_the_file_asks_for()
    {
        string path = Path.Combine(Folder, "sampling_temp_0.gguf");
        Assert.SkipUnless(File.Exists(path), $"{path} is not there");

        CommandLineResult file = await CommandLine.RunAsync("run", path, "-p", Prompt, "-n", "4", "--seed", "7", "--json");
        CommandLineResult user = await CommandLine.RunAsync("run", path, "-p", Prompt, "-n", "4", "--seed", "7", "--json", "--temp", "0.8");

        Assert.Equal((0, 0), (file.ExitCode, user.ExitCode));
        Assert.Contains("\"seed\":null", file.Output, StringComparison.Ordinal);
        Assert.Contains("\"seed\":7", user.Output, StringComparison.Ordinal);
    }

    /// <summary>The file suppresses 160 tokens: those from 100 on.</summary>
    private static async Task ExpectSuppressedAsync(string name, int[] plain)
    {
        int[] actual = await GenerateAsync(name, new SamplingOptions { Temperature = 0 });

        Assert.Contains(plain, id => id is >= 100 and < 260);
        Assert.DoesNotContain(actual, id => id is >= 100 and < 260);
    }

    private static async Task<int[]> GenerateAsync(string name, SamplingOptions? sampling, string prompt = Prompt)
    {
        string path = Path.Combine(Folder, name);
        Assert.SkipUnless(File.Exists(path), $"{path} is not there");
        using LanguageModel model = await Engine.Loader.LoadAsync(path, new ModelOptions { Numerics = NumericsMode.Exact }, cancellationToken: Cancellation);
        using IModelSession session = model.CreateSession(64);
        var request = new GenerationRequest { Prompt = model.Encode(prompt), MaxTokens = Tokens, Sampling = sampling, IgnoreEndOfGeneration = true };
        return [.. session.Generate(request, Cancellation).Select(token => token.Id)];
    }
}
