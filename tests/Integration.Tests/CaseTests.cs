using Tessera.Conformance;
using Tessera.Generation;
using Tessera.Numerics;
using Tessera.Pipeline;

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
            case "sampling_temp_0.gguf":
                Assert.Equal(expected, await GenerateAsync(name, null));
                break;
            default:
                Assert.Equal(expected, await GenerateAsync(name, new SamplingOptions { Temperature = 0 }));
                break;
        }
    }

    /// <summary>The file suppresses 160 tokens: those from 100 on.</summary>
    private static async Task ExpectSuppressedAsync(string name, int[] plain)
    {
        int[] actual = await GenerateAsync(name, new SamplingOptions { Temperature = 0 });

        Assert.Contains(plain, id => id is >= 100 and < 260);
        Assert.DoesNotContain(actual, id => id is >= 100 and < 260);
    }

    private static async Task<int[]> GenerateAsync(string name, SamplingOptions? sampling)
    {
        string path = Path.Combine(Folder, name);
        Assert.SkipUnless(File.Exists(path), $"{path} is not there");
        using LanguageModel model = await Engine.Loader.LoadAsync(path, new ModelOptions { Numerics = NumericsMode.Exact }, cancellationToken: Cancellation);
        using IModelSession session = model.CreateSession(64);
        var request = new GenerationRequest { Prompt = model.Encode(Prompt), MaxTokens = Tokens, Sampling = sampling, IgnoreEndOfGeneration = true };
        return [.. session.Generate(request, Cancellation).Select(token => token.Id)];
    }
}
