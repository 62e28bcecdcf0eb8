using System.Text.Json;
using Tessera.Conformance;
using Tessera.Gguf;

namespace Tessera.Integration.Tests;

/// <summary><c>tessera quantize</c> and <c>tessera imatrix</c> with the plugins that ship.</summary>
[Trait("Category", "Numerics")]
public sealed class QuantizeTests : IDisposable
{
    private static readonly string s_model = Path.Combine(Golden.RepositoryRoot, "models", "shakespeare.Q4_K_M.gguf");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Q4_K_M")]
    [InlineData("Q5_K_M")]
    [InlineData("Q6_K")]
    [InlineData("Q8_0")]
    public async Task The_file_is_the_one_that_llama_quantize_writes_to_the_last_byte(string type)
    {
        string source = Golden.Path("models/stories3M.f16.gguf");
        byte[] expected = await File.ReadAllBytesAsync(Golden.Path($"models/stories3M.{type}.gguf"), TestContext.Current.CancellationToken);

        CommandLineResult result = await CommandLine.RunAsync("quantize", source, _folder.File("out.gguf"), type, "-t", "3");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(expected, await File.ReadAllBytesAsync(_folder.File("out.gguf"), TestContext.Current.CancellationToken));
    }

    /// <summary>Rows of 64 fit blocks of 32, those of 172 none. Only Q8_0 is refused by llama-quantize; the others' types are its choice.</summary>
    [Theory]
    [InlineData("Q8_0", 5, GgmlType.Q8_0, GgmlType.Q8_0)]
    [InlineData("Q6_K", 36, GgmlType.Q8_0, GgmlType.Q8_0)]
    [InlineData("Q5_K_M", 36, GgmlType.Q5_1, GgmlType.Q8_0)]
    [InlineData("Q4_K_M", 36, GgmlType.Q5_0, GgmlType.Q8_0)]
    public async Task Rows_that_do_not_fit_get_the_fallbacks_of_llama_quantize(string type, int fallbacks, GgmlType queries, GgmlType logits)
    {
        string source = Golden.Path("models/stories260K.gguf");

        CommandLineResult result = await CommandLine.RunAsync("quantize", source, _folder.File("out.gguf"), type);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains($"{fallbacks} of 48 tensors in another type", result.Error, StringComparison.Ordinal);
        using GgufFile file = GgufFile.Open(_folder.File("out.gguf"));
        Assert.Equal(logits, file.Tensors.Single(tensor => tensor.Name == "output.weight").Type);
        Assert.All(file.Tensors.Where(tensor => tensor.Name.EndsWith("attn_q.weight", StringComparison.Ordinal)), tensor => Assert.Equal(queries, tensor.Type));
        Assert.All(
            file.Tensors.Where(tensor => tensor.Name.EndsWith("ffn_down.weight", StringComparison.Ordinal)), tensor => Assert.Equal(GgmlType.F16, tensor.Type));
        Assert.Equal(0, (await CommandLine.RunAsync("run", file.Name, "-p", "Once", "-n", "2")).ExitCode);
    }

    [Fact]
    public async Task A_dry_run_tells_as_json_what_each_tensor_would_become_and_writes_nothing()
    {
        CommandLineResult result = await CommandLine.RunAsync(
            "quantize", s_model, _folder.File("out.gguf"), "Q8_0", "--allow-requantize", "--tensor-type", "*.ffn_up.weight=F16", "--dry-run", "--json");

        Assert.Equal(0, result.ExitCode);
        JsonElement json = JsonDocument.Parse(result.Output).RootElement;
        JsonElement[] tensors = [.. json.GetProperty("tensors").EnumerateArray()];
        Assert.Equal("Q8_0", json.GetProperty("type").GetString());
        Assert.Equal(json.GetProperty("bytes").GetInt64(), tensors.Sum(t => t.GetProperty("bytes").GetInt64()));
        JsonElement up = tensors.Single(t => t.GetProperty("name").GetString() == "blk.0.ffn_up.weight");
        Assert.Equal(("Q4_K", "F16"), (up.GetProperty("source_type").GetString(), up.GetProperty("type").GetString()));
        Assert.False(File.Exists(_folder.File("out.gguf")));
    }

    [Fact]
    public async Task A_quantized_model_runs()
    {
        CommandLineResult quantized = await CommandLine.RunAsync("quantize", s_model, _folder.File("out.gguf"), "Q8_0", "--allow-requantize");
        CommandLineResult run = await CommandLine.RunAsync("run", _folder.File("out.gguf"), "-p", "ROMEO:", "-n", "4", "--temp", "0");

        Assert.Equal((0, 0), (quantized.ExitCode, run.ExitCode));
    }

    [Fact]
    public async Task An_importance_matrix_changes_the_weights_and_is_named_in_the_file()
    {
        string source = _folder.File("f16.gguf");
        await File.WriteAllTextAsync(_folder.File("text.txt"),
            string.Concat(Enumerable.Repeat("To be, or not to be, that is the question. ", 40)), TestContext.Current.CancellationToken);
        Assert.Equal(0, (await CommandLine.RunAsync("quantize", s_model, source, "F16", "--allow-requantize")).ExitCode);

        CommandLineResult collected = await CommandLine.RunAsync(
            "imatrix", source, "-f", _folder.File("text.txt"), "-o", _folder.File("imatrix.gguf"), "-c", "64");
        CommandLineResult plain = await CommandLine.RunAsync("quantize", source, _folder.File("plain.gguf"), "Q4_K_M");
        CommandLineResult weighted = await CommandLine.RunAsync(
            "quantize", source, _folder.File("weighted.gguf"), "Q4_K_M", "--imatrix", _folder.File("imatrix.gguf"));

        Assert.Equal((0, 0, 0), (collected.ExitCode, plain.ExitCode, weighted.ExitCode));
        using GgufFile a = GgufFile.Open(_folder.File("plain.gguf"));
        using GgufFile b = GgufFile.Open(_folder.File("weighted.gguf"));
        Assert.Equal(a.Tensors.Select(t => (t.Name, t.Type)), b.Tensors.Select(t => (t.Name, t.Type)));
        Assert.Equal(_folder.File("imatrix.gguf"), b.Metadata.GetString("quantize.imatrix.file"));
        Assert.NotEqual(File.ReadAllBytes(a.Name)[(int)a.DataStart..], File.ReadAllBytes(b.Name)[(int)b.DataStart..]);
    }

    [Theory]
    [InlineData(1, "out.gguf", "Q9")]
    [InlineData(1, "", "F16")]
    [InlineData(1, "no/such/folder/out.gguf", "F16", "--allow-requantize")]
    [InlineData(1, "out.gguf", "F16", "--tensor-type", "x")]
    [InlineData(1, "out.gguf", "F16", "--allow-requantize", "--tensor-type", "x=F32")]
    [InlineData(2, "out.gguf", "F16")]
    [InlineData(2, "out.gguf", "F16", "--imatrix", "no-such-file")]
    [InlineData(3, "out.gguf", "IQ1_M", "--allow-requantize")]
    public async Task What_cannot_be_quantized_is_one_line_with_its_exit_code_and_leaves_nothing(int exitCode, string output, params string[] arguments)
    {
        CommandLineResult result = await CommandLine.RunAsync(["quantize", s_model, _folder.File(output), .. arguments]);

        Assert.Equal(exitCode, result.ExitCode);
        Assert.Single(result.Error.Trim().Split('\n'));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }
}
