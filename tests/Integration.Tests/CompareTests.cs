using System.Text.Json;
using Tessera.Conformance;

namespace Tessera.Integration.Tests;

/// <summary><c>tessera compare</c> as people and scripts use it.</summary>
public sealed class CompareTests : IDisposable
{
    private static readonly string Shipped = Path.Combine(CommandLine.Folder, "models", "shakespeare.Q4_K_M.gguf");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("Category", "Numerics")]
    public async Task Two_numerics_of_one_model_differ_within_what_fast_numerics_may_and_beyond_less()
    {
        string[] compare = ["compare", Shipped, "-p", "ROMEO:", "--numerics", "exact", "--numerics-b", "fast"];

        CommandLineResult within = await CommandLine.RunAsync(compare);
        CommandLineResult beyond = await CommandLine.RunAsync([.. compare, "--tolerance", "1e-6"]);

        Assert.Equal((0, 1), (within.ExitCode, beyond.ExitCode));
        Assert.Contains("shakespeare.Q4_K_M.gguf (fast) agrees with shakespeare.Q4_K_M.gguf (exact)", within.Output, StringComparison.Ordinal);
        Assert.Contains("The first node beyond the tolerance of 1e-06 is Qcur-0 (1 of 2)", beyond.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("png", new byte[] { 0x89, (byte)'P', (byte)'N', (byte)'G' })]
    [InlineData("svg", new byte[] { (byte)'<', (byte)'?', (byte)'x', (byte)'m', (byte)'l' })]
    public async Task The_error_of_each_node_is_drawn(string kind, byte[] start)
    {
        string picture = _folder.File($"error.{kind}");

        CommandLineResult result = await CommandLine.RunAsync("compare", Shipped, "-p", "ROMEO:", "--numerics-b", "exact", "--plot", picture);

        Assert.Equal(0, result.ExitCode);
        byte[] content = File.ReadAllBytes(picture);
        Assert.Equal(start, content[..start.Length]);
        Assert.True(content.Length > 5000);
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    [Trait("Category", "Numerics")]
    public async Task A_model_is_traced_with_the_tokens_and_at_the_positions_of_the_trace_it_is_compared_with()
    {
        string trace = _folder.File("all.json");
        await CommandLine.RunAsync("trace", Shipped, "-p", "ROMEO:", "--positions", "all", "--out", trace);

        CommandLineResult result = await CommandLine.RunAsync("compare", trace, Shipped, "--json");

        Assert.Equal(0, result.ExitCode);
        Assert.All(JsonDocument.Parse(result.Output).RootElement.GetProperty("nodes").EnumerateArray(),
            node => Assert.Equal(0, node.GetProperty("error").GetDouble()));
    }

    [Theory]
    [InlineData("llama-bpe")]
    [InlineData("llama-spm")]
    public async Task A_vocabulary_agrees_with_its_reference(string name)
    {
        CommandLineResult result = await CommandLine.RunAsync(
            "compare", "--tokens", Golden.Path($"vocabs/{name}.gguf"), Golden.Path($"vocabs/{name}.jsonl"), "--explain-merges");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("All 500 texts are tokenized as the reference does.", result.Output.Trim());
    }

    [Fact]
    public async Task Another_pre_tokenizer_is_found_at_the_border_of_a_word()
    {
        CommandLineResult result = await CommandLine.RunAsync(
            "compare", "--tokens", Golden.Path("vocabs/llama-bpe.gguf"), Golden.Path("vocabs/llama-bpe.jsonl"), "--pre", "qwen2", "--explain-merges");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("the reference's \"10\" goes beyond the word \"1\"", result.Output, StringComparison.Ordinal);
        Assert.Contains("76 of 500 texts", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bad_files_are_one_line_with_the_place_and_exit_code_2()
    {
        string trace = _folder.File("trace.txt");
        string expected = _folder.File("expected.jsonl");
        File.WriteAllText(
            trace, "common_debug_cb_eval:  l_out-0 = (f32)  ADD(a{4, 1, 1, 1}, b{4, 1, 1, 1}}) = {4, 1, 1, 1}\n    [\n        [\n            [ 1.0, 2.0 ],\n");
        File.WriteAllText(expected, "{\"text\":\"a\",\"ids\":[1]}\n{\"ids\":[1]}\n");

        CommandLineResult damaged = await CommandLine.RunAsync("compare", trace, Shipped, "-p", "x");
        CommandLineResult unreadable = await CommandLine.RunAsync("compare", "--tokens", Shipped, expected);
        CommandLineResult missing = await CommandLine.RunAsync("compare", "no-such-trace.json", Shipped);

        Assert.Equal((2, 2, 2), (damaged.ExitCode, unreadable.ExitCode, missing.ExitCode));
        Assert.Contains("trace.txt: line 4: node 'l_out-0': a row has 2 values, its shape 4.", damaged.Error, StringComparison.Ordinal);
        Assert.Contains("expected.jsonl: line 2", unreadable.Error, StringComparison.Ordinal);
        Assert.Contains("no-such-trace.json", missing.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("compare", "--tokens")]
    [InlineData("compare", "A")]
    [InlineData("compare", "A", "-p", "x", "--tolerance", "-1")]
    [InlineData("compare", "A", "-p", "x", "--plot", "error.bmp")]
    [InlineData("compare", "A", "--ids", "1", "-p", "x")]
    public async Task A_wrong_comparison_is_one_line_and_exit_code_1(params string[] arguments)
    {
        CommandLineResult result = await CommandLine.RunAsync(Array.ConvertAll(arguments, argument => argument == "A" ? Shipped : argument));

        Assert.Equal(1, result.ExitCode);
        Assert.Single(result.Error.Trim().Split('\n'));
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }
}
