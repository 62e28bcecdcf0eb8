using System.Text;
using System.Text.Json;
using Tessera.Generation;

namespace Tessera.Integration.Tests;

/// <summary>Where a prompt comes from, and the numbers that mean something special.</summary>
public sealed class PromptTests : IDisposable
{
    private const string Text = "\uFEFFFirst\r\n@Zoë \u0001\n";

    private static readonly string s_model = Path.Combine(CommandLine.Folder, "models", "shakespeare.Q4_K_M.gguf");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_prompt_is_the_same_from_everywhere()
    {
        File.WriteAllBytes(_folder.File("prompt.txt"), Encoding.UTF8.GetBytes(Text));

        CommandLineResult argument = await CommandLine.RunAsync("run", s_model, "-p", Text, "-n", "0", "--json");
        CommandLineResult file = await CommandLine.RunAsync("run", s_model, "-f", _folder.File("prompt.txt"), "-n", "0", "--json");
        CommandLineResult input = await CommandLine.RunWithInputAsync(Encoding.UTF8.GetBytes(Text), "run", s_model, "-n", "0", "--json");
        CommandLineResult tokenized = await CommandLine.RunWithInputAsync(Encoding.UTF8.GetBytes(Text), "tokenize", s_model, "--special", "--json");
        CommandLineResult shared = await CommandLine.RunWithInputAsync(Encoding.UTF8.GetBytes("@Zoë"), "run", "-n", "0", "--json");
        CommandLineResult literal = await CommandLine.RunAsync("run", "-p", "@Zoë", "-n", "0", "--json");

        int[] expected = Ids(argument, "prompt_ids");
        Assert.Equal([expected, expected, expected], [Ids(file, "prompt_ids"), Ids(input, "prompt_ids"), Ids(tokenized, "ids")]);
        Assert.Equal(Ids(literal, "prompt_ids"), Ids(shared, "prompt_ids"));
        Assert.EndsWith(Text, JsonOf(tokenized).GetProperty("detok").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_p_says_comes_before_standard_input()
    {
        CommandLineResult result = await CommandLine.RunWithInputAsync("second"u8.ToArray(), "run", s_model, "-p", "", "-n", "0", "--json");

        Assert.Equal(Ids(await CommandLine.RunAsync("run", s_model, "-p", "", "-n", "0", "--json"), "prompt_ids"), Ids(result, "prompt_ids"));
    }

    [Theory]
    [InlineData(1, "-p", "a", "-f", "b")]
    [InlineData(2, "-f", "no-such-file")]
    [InlineData(2, "-f", "/")]
    public async Task A_prompt_that_cannot_be_read_is_a_line_and_an_exit_code(int exitCode, params string[] arguments)
    {
        CommandLineResult result = await CommandLine.RunAsync(["run", .. arguments]);

        Assert.Equal(exitCode, result.ExitCode);
        Assert.Single(result.Error.Trim().Split('\n'));
    }

    [Fact]
    public async Task No_tokens_can_be_asked_for_and_all_that_fit()
    {
        JsonElement none = JsonOf(await CommandLine.RunAsync("run", "-n", "0", "--json"));
        JsonElement all = JsonOf(await CommandLine.RunAsync("run", "-n", "-2", "-c", "16", "--ignore-eos", "--json"));

        Assert.Equal(("length", 0, "", 0), (none.GetProperty("stop_reason").GetString(), none.GetProperty("ids").GetArrayLength(),
            none.GetProperty("text").GetString(), none.GetProperty("logprobs").GetArrayLength()));
        Assert.True(none.GetProperty("timings").GetProperty("prompt_ms").GetDouble() > 0);
        Assert.Equal("context_full", all.GetProperty("stop_reason").GetString());
    }

    [Fact]
    public async Task A_context_takes_memory_only_for_the_tokens_that_are_in_it()
    {
        CommandLineResult result = await CommandLine.RunAsync("run", "-c", $"{int.MaxValue}", "-n", "2", "--seed", "1");

        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task No_tokens_leave_the_prompt_in_the_cache()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using LanguageModel model = await Engine.Loader.LoadAsync(s_model, cancellationToken: cancellation);
        using IModelSession session = model.CreateSession(64);
        var request = new GenerationRequest { Prompt = model.Encode("ROMEO:"), MaxTokens = 0 };

        Assert.Empty(session.Generate(request, cancellation));
        Assert.Equal(request.Prompt, session.Tokens);
        await foreach (GeneratedToken token in session.GenerateAsync(request, cancellation))
        {
            Assert.Fail($"a token {token.Id}");
        }

        Assert.Throws<TesseraException>(() => session.Generate(request with { MaxTokens = -1 }, cancellation).Count());
    }

    [Fact]
    public async Task A_seed_of_minus_one_is_random_and_shown()
    {
        CommandLineResult[] results = await Task.WhenAll(
            CommandLine.RunAsync("run", "-n", "1", "--seed", "-1", "--json"), CommandLine.RunAsync("run", "-n", "1", "--json"));
        ulong[] seeds = [.. results.Select(result => JsonOf(result).GetProperty("seed").GetUInt64())];

        Assert.NotEqual(seeds[0], seeds[1]);
        Assert.All(seeds, seed => Assert.InRange(seed, 0UL, uint.MaxValue));
    }

    [Fact]
    public async Task Penalties_look_back_at_the_whole_context_or_at_nothing()
    {
        string[] run = ["run", "-p", "ROMEO:", "-n", "40", "--temp", "0", "--repeat-penalty", "1.5", "--json"];
        int[] all = Ids(await CommandLine.RunAsync([.. run, "--repeat-last-n", "-1"]), "ids");

        Assert.Equal(Ids(await CommandLine.RunAsync([.. run, "--repeat-last-n", "8192"]), "ids"), all);
        int[] off = Ids(await CommandLine.RunAsync([.. run, "--repeat-last-n", "0"]), "ids");
        Assert.Equal(Ids(await CommandLine.RunAsync("run", "-p", "ROMEO:", "-n", "40", "--temp", "0", "--json"), "ids"), off);
        Assert.NotEqual(off, all);
    }

    private static JsonElement JsonOf(CommandLineResult result) => JsonDocument.Parse(result.Output).RootElement;

    private static int[] Ids(CommandLineResult result, string member) => JsonOf(result).GetProperty(member).Deserialize<int[]>()!;
}
