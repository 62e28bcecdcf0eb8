using System.Text.Json;
using Tessera.Conformance;
using Tessera.Gguf;

namespace Tessera.Integration.Tests;

/// <summary>Faults that make garbage of a model's text, each in a copy of a right file. <c>tessera compare</c> names the place.</summary>
public sealed class PlantedFaultTests : IDisposable
{
    private const string Prompt = "Once upon a time";

    private static string Right => Golden.Path("models/stories3M.Q4_K_M.gguf");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("blk.2.attn_q.weight", "Qcur-2 (1 of 2)")]
    [InlineData("blk.4.attn_k.weight", "Kcur-4 (1 of 2)")]
    [InlineData("blk.1.attn_output.weight", "attn_out-1")]
    [InlineData("blk.2.ffn_gate.weight", "ffn_gate-2")]
    [InlineData("blk.2.ffn_up.weight", "ffn_up-2")]
    [InlineData("blk.3.ffn_down.weight", "ffn_out-3")]
    public async Task Swapped_nibbles_in_one_tensor_are_found_at_its_product(string tensor, string node)
    {
        string wrong = WithSwappedNibbles(tensor);

        CommandLineResult result = await CommandLine.RunAsync("compare", Right, wrong, "-p", Prompt, "--numerics", "exact", "--json");

        Assert.Equal(1, result.ExitCode);
        JsonElement comparison = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal(node, comparison.GetProperty("first_beyond").GetString());
        Assert.All(
            comparison.GetProperty("nodes").EnumerateArray().TakeWhile(n => n.GetProperty("name").GetString() != node),
            n => Assert.Equal(0, n.GetProperty("error").GetDouble()));
    }

    [Fact]
    public async Task Swapped_nibbles_are_found_against_the_references_trace_too_and_by_people()
    {
        string wrong = WithSwappedNibbles("blk.2.attn_q.weight");

        CommandLineResult result = await CommandLine.RunAsync("compare", Golden.Path("traces/stories3M.Q4_K_M.json"), wrong, "--numerics", "exact");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("The first node beyond the tolerance of 0.001 is Qcur-2 (1 of 2)", result.Output, StringComparison.Ordinal);
        Assert.Contains("are compared by the values, norms and sums that both sides tell", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_space_prefix_is_named()
    {
        string wrong = VocabularyWithoutSpacePrefix();
        string expected = _folder.File("expected.jsonl");
        CommandLineResult right = await CommandLine.RunAsync("tokenize", Right, Prompt);
        File.WriteAllText(expected, $$"""{"text":"{{Prompt}}","ids":[{{right.Output.Trim().Replace(' ', ',')}}]}""" + "\n");

        CommandLineResult same = await CommandLine.RunAsync("compare", "--tokens", Right, expected);
        CommandLineResult result = await CommandLine.RunAsync("compare", "--tokens", wrong, expected, "--explain-merges");
        CommandLineResult json = await CommandLine.RunAsync("compare", "--tokens", wrong, expected, "--explain-merges", "--json");

        Assert.Equal((0, 1, 1), (same.ExitCode, result.ExitCode, json.ExitCode));
        Assert.Contains(">>403 \"▁Once\"<<", result.Output, StringComparison.Ordinal);
        Assert.Contains("the reference puts a space before the text, which is not done here. tokenizer.ggml.add_space_prefix is false here.",
            result.Output, StringComparison.Ordinal);
        Assert.Equal("space_prefix", JsonDocument.Parse(json.Output).RootElement.GetProperty("first").GetProperty("cause").GetString());
    }

    /// <summary>Q4_K: two scales of 2 bytes, 12 bytes of scales, then 128 bytes of two nibbles each.</summary>
    private string WithSwappedNibbles(string tensor)
    {
        const int BlockBytes = 144;
        const int CodesAt = 16;
        byte[] content = File.ReadAllBytes(Right);
        using (GgufModelFile file = GgufModelFile.Open(Right))
        {
            GgufTensor found = file.Tensors[tensor];
            Assert.Equal(GgmlType.Q4_K, found.Type);
            for (long block = 0; block < found.Elements / 256; block++)
            {
                foreach (ref byte codes in content.AsSpan((int)(found.Offset + (block * BlockBytes) + CodesAt), BlockBytes - CodesAt))
                {
                    codes = (byte)((codes << 4) | (codes >> 4));
                }
            }
        }

        string path = _folder.File("wrong.gguf");
        File.WriteAllBytes(path, content);
        return path;
    }

    private string VocabularyWithoutSpacePrefix()
    {
        var writer = new GgufWriter();
        using (GgufModelFile file = GgufModelFile.Open(Right))
        {
            foreach (string key in file.Metadata.Keys)
            {
                Assert.True(file.Metadata.TryGetValue(key, out GgufValue? value));
                writer.Set(key, value);
            }

            writer.Set("tokenizer.ggml.add_space_prefix", false);
        }

        string path = _folder.File("vocabulary.gguf");
        File.WriteAllBytes(path, writer.ToArray());
        return path;
    }
}
