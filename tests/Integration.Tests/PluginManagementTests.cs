using System.Text.Json;

namespace Tessera.Integration.Tests;

/// <summary>Choosing, adding and explaining plugins as people do it.</summary>
public sealed class PluginManagementTests : IDisposable
{
    private static readonly string Model = Path.Combine(CommandLine.Folder, "models", "shakespeare.Q4_K_M.gguf");
    private static readonly string Format = Path.Combine(CommandLine.Folder, "plugins", "Quant.Q4K");

    private readonly TemporaryFolder _folder = new();

    private string Plugins => _folder.File("plugins");

    private string Added => Path.Combine(Plugins, "Tessera.Quant.Q4K");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_second_plugin_for_a_format_is_an_error_until_one_is_chosen()
    {
        CommandLineResult add = await CommandLine.RunAsync("plugins", "add", Format, "--plugins", Plugins);
        CommandLineResult torn = await CommandLine.RunAsync("run", "-n", "2", "--plugins", Plugins);
        CommandLineResult chosen = await CommandLine.RunAsync("run", "-n", "2", "--plugins", Plugins, "--use", $"q4_k={Added}");
        CommandLineResult unknown = await CommandLine.RunAsync("run", "-n", "2", "--use", "q4_k=Nobody");

        Assert.Equal((0, 3, 0, 3), (add.ExitCode, torn.ExitCode, chosen.ExitCode, unknown.ExitCode));
        Assert.Contains($"conflict 2 plugins serve the quantization format Q4_K (12)", add.Output, StringComparison.Ordinal);
        Assert.Contains($"--use Q4_K=\"{Added}\"", torn.Error, StringComparison.Ordinal);
        Assert.Contains($"('{Format}')", torn.Error, StringComparison.Ordinal);
        Assert.Contains("q4_k=Nobody: no plugin", unknown.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plugin_that_changed_is_rejected_and_verify_fails_while_the_others_serve()
    {
        await CommandLine.RunAsync("plugins", "add", Format, "--plugins", Plugins);
        CommandLineResult before = await CommandLine.RunAsync("plugins", "verify", "--plugins", Plugins);
        File.AppendAllText(Path.Combine(Added, "Tessera.Quant.Q4K.dll"), " ");

        CommandLineResult after = await CommandLine.RunAsync("plugins", "verify", "--plugins", Plugins);
        CommandLineResult run = await CommandLine.RunAsync("run", "-n", "2", "--plugins", Plugins);

        Assert.Equal((0, 1, 0), (before.ExitCode, after.ExitCode, run.ExitCode));
        Assert.Contains("ok Tessera.Quant.Q4K 0.1.0.0, locked", before.Output, StringComparison.Ordinal);
        Assert.Contains("changed since it was added", after.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_listed_plugins_are_loaded_where_that_was_asked_for()
    {
        Directory.CreateDirectory(Added);
        foreach (string file in Directory.GetFiles(Format))
        {
            File.Copy(file, Path.Combine(Added, Path.GetFileName(file)));
        }

        CommandLineResult locked = await CommandLine.RunAsync("plugins", "list", "--plugins", Plugins, "--plugins-locked");
        CommandLineResult run = await CommandLine.RunAsync("run", "-n", "2", "--plugins", Plugins, "--plugins-locked");

        Assert.Contains("is not listed in", locked.Output, StringComparison.Ordinal);
        Assert.Equal(0, run.ExitCode);
    }

    [Theory]
    [InlineData(2, "add", "no-such-plugin.nupkg")]
    [InlineData(3, "remove", "No.Such.Plugin")]
    [InlineData(3, "info", "No.Such.Plugin")]
    [InlineData(1, "add")]
    public async Task What_cannot_be_done_is_one_line_and_its_exit_code(int exitCode, params string[] arguments)
    {
        CommandLineResult result = await CommandLine.RunAsync(["plugins", .. arguments, "--plugins", Plugins]);

        Assert.Equal(exitCode, result.ExitCode);
        Assert.NotEmpty(result.Error);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Info_shows_a_plugin()
    {
        CommandLineResult result = await CommandLine.RunAsync("plugins", "info", "tessera.quant.q4k");

        Assert.Equal(0, result.ExitCode);
        Assert.All(
            (string[])["Tessera.Quant.Q4K", "quantization format Q4_K (12)", Format, "sha256", "does not list it"],
            text => Assert.Contains(text, result.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Explain_shows_each_kind_of_tensor_and_the_options_that_change_the_choice()
    {
        CommandLineResult packed = await CommandLine.RunAsync("explain", Model, "--json");
        CommandLineResult mapped = await CommandLine.RunAsync("explain", Model, "--json", "--no-repack", "-t", "1");

        JsonElement query = Tensors(packed, "blk.*.attn_q.weight");
        Assert.Equal(4, query.GetProperty("count").GetInt32());
        Assert.StartsWith("Tessera.Quant.Q4K ", query.GetProperty("plugin").GetString(), StringComparison.Ordinal);
        Assert.Equal("mapped", Tensors(mapped, "blk.*.attn_q.weight").GetProperty("placement").GetString());
        JsonElement threads = JsonDocument.Parse(mapped.Output).RootElement.GetProperty("stages")
            .EnumerateArray().Single(s => s.GetProperty("name").GetString() == "threads");
        Assert.Equal("asked for", threads.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task A_tokenizer_file_takes_the_place_of_the_models_and_one_that_nobody_reads_is_named()
    {
        string file = _folder.File("tokenizer.json");
        File.WriteAllText(file, """
            {"added_tokens":[],"normalizer":null,"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false},
             "model":{"type":"BPE","vocab":{"a":0,"b":1,"ab":2},"merges":["a b"]}}
            """);

        CommandLineResult tokenized = await CommandLine.RunAsync("tokenize", Model, "aab", "--tokenizer", file);
        File.WriteAllText(file, "[]");
        CommandLineResult unread = await CommandLine.RunAsync("tokenize", Model, "aab", "--tokenizer", file);
        CommandLineResult unknown = await CommandLine.RunAsync("tokenize", Model, "aab", "--tokenizer", "runes");

        Assert.Equal("0 2", tokenized.Output.Trim());
        Assert.Equal((3, 3), (unread.ExitCode, unknown.ExitCode));
        Assert.Contains($"{file}: no plugin reads this tokenizer file", unread.Error, StringComparison.Ordinal);
        Assert.Contains("no plugin serves the tokenizer 'runes'", unknown.Error, StringComparison.Ordinal);
    }

    private static JsonElement Tensors(CommandLineResult result, string name) =>
        JsonDocument.Parse(result.Output).RootElement.GetProperty("tensors").EnumerateArray().First(t => t.GetProperty("name").GetString() == name);
}
