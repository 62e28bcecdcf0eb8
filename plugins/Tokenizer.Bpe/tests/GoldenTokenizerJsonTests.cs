using System.Text.Json;
using Tessera.Conformance;
using Tessera.Tokenization;

namespace Tessera.Tokenizer.Bpe.Tests;

public class GoldenTokenizerJsonTests
{
    [Fact]
    public void Texts_encode_to_the_ids_of_the_library_that_wrote_the_file()
    {
        ITokenizer tokenizer = new BpeTokenizerFactory(null).Read(
            File.ReadAllBytes(Golden.Path("tokenizers/qwen3.tokenizer.json")), "tokenizer.json", new TestMetadata(), new TokenizerOptions());
        var encoder = new PromptEncoder(tokenizer);
        var failures = new List<string>();
        foreach (string line in File.ReadLines(Golden.Path("tokenizers/qwen3.jsonl")))
        {
            using JsonDocument sample = JsonDocument.Parse(line);
            string text = sample.RootElement.GetProperty("text").GetString()!;
            int[] expected = [.. sample.RootElement.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
            List<int> actual = encoder.Encode(text, addSpecial: false, parseSpecial: true);
            if (!expected.SequenceEqual(actual))
            {
                failures.Add($"{JsonSerializer.Serialize(text)}: expected [{string.Join(' ', expected)}], got [{string.Join(' ', actual)}]");
            }
        }

        Assert.True(failures.Count == 0, $"{failures.Count} texts differ:\n{string.Join('\n', failures.Take(5))}");
    }
}
