using System.Text.Json;
using Tessera.Conformance;

namespace Tessera.Integration.Tests;

/// <summary>The command line as people and scripts use it.</summary>
public class CommandLineTests
{
    private static readonly string Model = Path.Combine(CommandLine.Folder, "models", "shakespeare.Q4_K_M.gguf");

    [Fact]
    public async Task Run_without_arguments_continues_with_the_default_model()
    {
        CommandLineResult result = await CommandLine.RunAsync("run");

        Assert.Equal(0, result.ExitCode);
        Assert.True(result.Output.Length > 100, result.Output);
        Assert.Contains("fast numerics", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_as_json_gives_ids_text_and_figures()
    {
        GoldenGeneration expected = GoldenGeneration.Read(Path.Combine(Golden.RepositoryRoot, "tests", "fixtures", "shakespeare", "Q4_K_M.exact.jsonl"))[0];

        CommandLineResult result = await CommandLine.RunAsync("run", Model, "-p", expected.Prompt, "-n", "20", "--temp", "0", "--numerics", "exact", "--json");

        Assert.Equal(0, result.ExitCode);
        JsonElement json = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal(expected.PromptIds, json.GetProperty("prompt_ids").Deserialize<int[]>());
        Assert.Equal(expected.GreedyIds[..20], json.GetProperty("ids").Deserialize<int[]>());
        Assert.StartsWith(json.GetProperty("text").GetString(), expected.Text, StringComparison.Ordinal);
        Assert.Equal(20, json.GetProperty("logprobs").GetArrayLength());
        Assert.Equal("length", json.GetProperty("stop_reason").GetString());
        Assert.Equal("exact", json.GetProperty("numerics").GetString());
        Assert.True(json.GetProperty("timings").GetProperty("prompt_ms").GetDouble() > 0);
    }

    [Fact]
    public async Task The_same_seed_makes_the_same_text()
    {
        CommandLineResult first = await CommandLine.RunAsync("run", "-n", "30", "--seed", "7");
        CommandLineResult second = await CommandLine.RunAsync("run", "-n", "30", "--seed", "7", "-t", "1");

        Assert.Equal(first.Output, second.Output);
    }

    [Fact]
    public async Task Threads_in_their_places_make_the_same_text()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Threads are placed on Linux only.");
        string[] run = ["run", "-p", "ROMEO:", "-n", "20", "--seed", "7", "-t", "2"];

        CommandLineResult anywhere = await CommandLine.RunAsync(run);
        CommandLineResult placed = await CommandLine.RunAsync([.. run, "--pin", "--numa"]);

        Assert.Equal(0, placed.ExitCode);
        Assert.Equal(anywhere.Output, placed.Output);
    }

    [Fact]
    public async Task A_full_context_is_a_stop_reason()
    {
        CommandLineResult result = await CommandLine.RunAsync("run", "-c", "16", "-n", "-1", "--ignore-eos", "--json");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("context_full", JsonDocument.Parse(result.Output).RootElement.GetProperty("stop_reason").GetString());
    }

    [Fact]
    public async Task Tokenize_writes_one_line_per_line_of_the_file_in_order()
    {
        string texts = Path.Combine(Golden.RepositoryRoot, "tests", "fixtures", "shakespeare", "tokens.jsonl");

        CommandLineResult result = await CommandLine.RunAsync("tokenize", Model, "--file", texts, "--json");

        Assert.Equal(0, result.ExitCode);
        string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] expected = File.ReadAllLines(texts);
        Assert.Equal(expected.Length, lines.Length);
        foreach ((string expectedLine, string line) in expected.Zip(lines))
        {
            JsonElement golden = JsonDocument.Parse(expectedLine).RootElement;
            JsonElement actual = JsonDocument.Parse(line).RootElement;
            Assert.Equal(golden.GetProperty("ids").Deserialize<int[]>(), actual.GetProperty("ids").Deserialize<int[]>());
            Assert.Equal(golden.GetProperty("detok").GetString(), actual.GetProperty("detok").GetString());
        }
    }

    [Fact]
    public async Task Tokenize_parses_special_tokens_only_when_asked()
    {
        string vocabulary = Golden.Path("vocabs/llama-spm.gguf");

        CommandLineResult special = await CommandLine.RunAsync("tokenize", vocabulary, "<|user|>\nWhat is the capital of France?", "--special");
        CommandLineResult plain = await CommandLine.RunAsync("tokenize", vocabulary, "</s>");

        Assert.Equal("1 529 29989 1792 29989 29958 13 5618 338 278 7483 310 3444 29973", special.Output.Trim());
        Assert.DoesNotContain(plain.Output.Split(' '), id => id.Trim() is "1" or "2");
    }

    [Fact]
    public async Task Logits_are_written_whole()
    {
        using var folder = new TemporaryFolder();

        CommandLineResult result = await CommandLine.RunAsync("logits", Model, "--ids", "1,682,1066", "--out", folder.File("logits.f32"));

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(3 * 2048 * sizeof(float), new FileInfo(folder.File("logits.f32")).Length);
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task Inspect_as_json_lists_metadata_tensors_and_plugins()
    {
        CommandLineResult result = await CommandLine.RunAsync("inspect", Model, "--json");

        Assert.Equal(0, result.ExitCode);
        JsonElement json = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal("llama", json.GetProperty("metadata").GetProperty("general.architecture").GetString());
        JsonElement tensor = json.GetProperty("tensors").EnumerateArray().First(t => t.GetProperty("name").GetString() == "blk.0.ffn_up.weight");
        Assert.Equal<long>([256, 768], tensor.GetProperty("shape").Deserialize<long[]>()!);
        Assert.Equal("Q4_K", tensor.GetProperty("type").GetString());
        Assert.Equal(256 * 768 / 256 * 144, tensor.GetProperty("bytes").GetInt64());
        Assert.StartsWith("Tessera.Quant.Q4K", tensor.GetProperty("plugin").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plugins_lists_all_that_ship()
    {
        CommandLineResult result = await CommandLine.RunAsync("plugins", "--json");

        IEnumerable<string> listed = JsonDocument.Parse(result.Output).RootElement.GetProperty("plugins").EnumerateArray()
            .Select(p => p.GetProperty("name").GetString()!);
        string repository = CommandLine.Folder;
        while (!File.Exists(Path.Combine(repository, "Plugins.sln")))
        {
            repository = Path.GetDirectoryName(repository)!;
        }

        IEnumerable<string> folders = Directory.EnumerateDirectories(Path.Combine(repository, "plugins"))
            .Select(folder => $"Tessera.{Path.GetFileName(folder)}");
        Assert.Equal(folders.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(new byte[0], "empty")]
    [InlineData(new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9 }, "not a GGUF file")]
    [InlineData(new byte[] { (byte)'G', (byte)'G', (byte)'U', (byte)'F', 3, 0, 0, 0, 255 }, "offset")]
    public async Task A_bad_model_is_one_line_and_exit_code_2(byte[] content, string problem)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("bad.gguf"), content);
        foreach (string command in (string[])["run", "inspect", "tokenize"])
        {
            CommandLineResult result = await CommandLine.RunAsync(command, folder.File("bad.gguf"));

            Assert.Equal(2, result.ExitCode);
            Assert.Empty(result.Output);
            Assert.Contains("bad.gguf", result.Error, StringComparison.Ordinal);
            Assert.Contains(problem, result.Error, StringComparison.Ordinal);
            Assert.Single(result.Error.Trim().Split('\n'));
        }
    }

    [Fact]
    public async Task A_model_that_does_not_exist_is_exit_code_2()
    {
        CommandLineResult result = await CommandLine.RunAsync("run", "no-such-model.gguf");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("no-such-model.gguf", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run", "--temp", "warm")]
    [InlineData("run", "-t", "0")]
    [InlineData("run", "--top-p", "2")]
    [InlineData("run", "--bogus")]
    [InlineData("run", "--numerics", "sloppy")]
    [InlineData("frobnicate")]
    [InlineData("logits", "x.gguf")]
    public async Task A_wrong_command_line_is_exit_code_1(params string[] arguments)
    {
        CommandLineResult result = await CommandLine.RunAsync(arguments);

        Assert.Equal(1, result.ExitCode);
        Assert.NotEmpty(result.Error);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Tessera.", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Usage:", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_of_texts_that_is_no_json_is_named()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("texts.jsonl"), "{\"text\":\"a\"}\nnonsense\n");

        CommandLineResult result = await CommandLine.RunAsync("tokenize", Model, "--file", folder.File("texts.jsonl"));

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("line 2", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plot.png", "\u0089PNG")]
    [InlineData("plot.svg", "<?xml")]
    public async Task Inspect_draws_a_model(string name, string beginning)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File(name);

        CommandLineResult result = await CommandLine.RunAsync("inspect", Model, "--plot", path);

        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith(beginning, File.ReadAllText(path, System.Text.Encoding.Latin1), StringComparison.Ordinal);
        Assert.Equal([path], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task Verify_tells_a_damaged_block_and_its_place()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("damaged.gguf");
        byte[] bytes = File.ReadAllBytes(Model);
        JsonElement tensor = JsonDocument.Parse((await CommandLine.RunAsync("inspect", Model, "--json")).Output).RootElement
            .GetProperty("tensors").EnumerateArray().Single(t => t.GetProperty("name").GetString() == "blk.2.ffn_up.weight");

        // The exponent of the second block's scale d becomes that of infinity.
        bytes[tensor.GetProperty("offset").GetInt32() + 144 + 1] |= 0x7C;
        File.WriteAllBytes(path, bytes);

        CommandLineResult result = await CommandLine.RunAsync("verify", path);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("'blk.2.ffn_up.weight'", result.Output, StringComparison.Ordinal);
        Assert.Contains("row 1, block 0", result.Output, StringComparison.Ordinal);
        Assert.EndsWith("one fault", result.Output.TrimEnd(), StringComparison.Ordinal);
    }
}
