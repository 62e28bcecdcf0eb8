using System.Text;
using System.Text.Json.Nodes;
using Tessera.Conformance;
using Tessera.Tokenization;

namespace Tessera.Tokenizer.Bpe.Tests;

/// <summary>A good file with one value changed is read or refused by the file's name and the value's path; it costs what its size allows.</summary>
public class TokenizerJsonFlawTests
{
    private const string Good = """
        {"added_tokens":[{"id":4,"content":"<end>","special":true,"lstrip":false,"rstrip":false,"single_word":false},{"id":3,"content":"<begin>"}],
         "normalizer":{"type":"Sequence","normalizers":[{"type":"NFC"}]},
         "pre_tokenizer":{"type":"Sequence","pretokenizers":[
          {"type":"Digits","individual_digits":true},{"type":"ByteLevel","add_prefix_space":false,"use_regex":true}]},
         "post_processor":{"type":"Sequence","processors":[
          {"type":"ByteLevel"},
          {"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<begin>"}},{"Sequence":{"id":"A"}}]}]},
         "model":{"type":"BPE","dropout":null,"byte_fallback":false,"ignore_merges":false,"continuing_subword_prefix":"",
          "vocab":{"a":0,"b":1,"ab":2},"merges":[["a","b"],"ab a"]}}
        """;

    private static readonly string[] Values =
        ["null", "true", "false", "0", "-1", "1.5", "2147483648", "1e300", "99999999999999999999999",
            "\"\"", "\"x\"", "\"\\ud800\"", "[]", "[null]", "[[1]]", "{}", "{\"a\":null}", "{\"\\ud800\":1}"];

    private readonly BpeTokenizerFactory _factory = new(null);

    [Fact]
    public void Any_value_in_the_place_of_any_other_is_read_or_refused_by_its_path()
    {
        JsonNode root = JsonNode.Parse(Good)!;
        int refused = 0;
        foreach (JsonNode place in Descendants(root).ToArray())
        {
            foreach (string value in Values)
            {
                refused += IsRefused(Replaced(root, place, value)) ? 1 : 0;
            }
        }

        Assert.True(refused > 100, $"only {refused} were refused");
    }

    [Theory]
    [InlineData("[\"a\",\"b\"]", "null", "model.merges[0]: expected a string, found null")]
    [InlineData("[\"a\",\"b\"]", "[\"a\"]", "model.merges[0]: a merge has two parts")]
    [InlineData("[\"a\",\"b\"]", "[\"a\",\"b\",\"c\"]", "model.merges[0]: a merge has two parts")]
    [InlineData("[\"a\",\"b\"]", "[\"a\",null]", "model.merges[0][1]: expected a string, found null")]
    [InlineData("\"ab a\"]", "5]", "model.merges[1]: expected a string, found the number 5")]
    [InlineData("\"<end>\"", "null", "added_tokens[0]: it has no 'content'")]
    [InlineData("\"<end>\"", "7", "added_tokens[0].content: expected a string, found the number 7")]
    [InlineData("\"<end>\"", "\"\\ud800\"", "added_tokens[0].content: it holds half a surrogate pair")]
    [InlineData("\"ab\":2", "\"a b\\u001b\":null", "model.vocab[\"a b\\u001B\"]: expected a token's id, a whole number from 0, found null")]
    [InlineData("\"ab\":2", "\"ab\":-1", "model.vocab.ab: expected a token's id, a whole number from 0, found the number -1")]
    [InlineData("\"ab\":2", "\"ab\":1", "model.vocab.ab: the id 1 is also that of another token")]
    [InlineData("\"ab\":2", "\"a\":2", "model.vocab.a: its token has the ids 0 and 2")]
    [InlineData("\"id\":4", "\"id\":0", "added_tokens[0].id: the id 0 is also that of another token")]
    [InlineData("\"<end>\"", "\"ab\"", "added_tokens[0].id: its token has the ids 2 and 4")]
    [InlineData("\"id\":4", "\"id\":20", "added_tokens[0].id: the id 20 is too large for a file of 5 tokens, which may have ids below 20")]
    [InlineData("\"id\":4", "\"id\":2147483647", "added_tokens[0].id: the id 2147483647 is too large")]
    [InlineData("\"single_word\":false", "\"single_word\":true", "added_tokens[0].single_word: ")]
    [InlineData("\"special\":true", "\"special\":\"yes\"", "added_tokens[0].special: expected true or false, found a string")]
    [InlineData("\"type\":\"NFC\"", "\"type\":\"Nmt\"", "normalizer.normalizers[0]: the normalizer 'Nmt' is not supported")]
    [InlineData("{\"type\":\"NFC\"}", "null", "normalizer.normalizers[0]: expected an object, found null")]
    [InlineData("\"<begin>\"}},", "\"<other>\"}},", "post_processor.processors[1].single[0].SpecialToken.id: there is no such token")]
    [InlineData("{\"Sequence\":{\"id\":\"A\"}}", "{}", "post_processor.processors[1].single: ")]
    [InlineData("\"vocab\":{\"a\":0,\"b\":1,\"ab\":2}", "\"vocab\":[]", "model.vocab: expected an object, found an array")]
    [InlineData(",\"merges\":[[\"a\",\"b\"],\"ab a\"]", "", "model: it has no 'merges'")]
    public void What_is_wrong_is_said_with_its_path(string good, string bad, string problem)
    {
        TesseraException error = Assert.Throws<TesseraException>(() => Read(Good.Replace(good, bad, StringComparison.Ordinal)));

        Assert.StartsWith($"some/tokenizer.json: {problem}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tokenizer-id-4194303.json", "added_tokens[0].id: the id 4194303 is too large")]
    [InlineData("tokenizer-id-max.json", "added_tokens[0].id: the id 2147483647 is too large")]
    [InlineData("tokenizer-merge-null.json", "model.merges[0]: expected a string, found null")]
    public void Files_that_were_met_are_refused_by_the_path(string name, string problem)
    {
        string path = Path.GetFullPath(Path.Combine(Golden.Folder, "..", "cases", "hostile", name));
        Assert.SkipUnless(File.Exists(path), $"{path} is not there");

        TesseraException error = Assert.Throws<TesseraException>(
            () => _factory.Read(File.ReadAllBytes(path), path, new TestMetadata(), new TokenizerOptions()));

        Assert.StartsWith($"{path}: {problem}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_users_pre_tokenizer_must_be_byte_level_and_leaves_the_files_choice_of_whole_words()
    {
        string json = Good.Replace("\"ignore_merges\":false", "\"ignore_merges\":true", StringComparison.Ordinal)
            .Replace("[\"a\",\"b\"],", "", StringComparison.Ordinal);

        Assert.Equal([2], Encode(Read(json, "gpt-2"), "ab"));
        Assert.Contains("'gemma4' is not byte-level", Assert.Throws<TesseraException>(() => Read(json, "gemma4")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_costs_memory_by_its_size()
    {
        string json = Good.Replace("\"id\":4", "\"id\":4194303", StringComparison.Ordinal);
        _ = Assert.Throws<TesseraException>(() => Read(json));
        long before = GC.GetAllocatedBytesForCurrentThread();

        _ = Assert.Throws<TesseraException>(() => Read(json));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
    }

    private bool IsRefused(string json)
    {
        byte[] content = Encoding.UTF8.GetBytes(json);
        if (!_factory.Recognizes(content))
        {
            return true;
        }

        try
        {
            ITokenizer tokenizer = _factory.Read(content, "some/tokenizer.json", new TestMetadata(), new TokenizerOptions());
            _ = new PromptEncoder(tokenizer).Encode("<begin>ab 12 é<end>", addSpecial: true, parseSpecial: true);
            return false;
        }
        catch (TesseraException e)
        {
            Assert.StartsWith("some/tokenizer.json: ", e.Message, StringComparison.Ordinal);
            return true;
        }
    }

    private ITokenizer Read(string json, string? pre = null) =>
        _factory.Read(Encoding.UTF8.GetBytes(json), "some/tokenizer.json", new TestMetadata(), new TokenizerOptions(pre));

    private static List<int> Encode(ITokenizer tokenizer, string text) => new PromptEncoder(tokenizer).Encode(text, addSpecial: false, parseSpecial: false);

    private static IEnumerable<JsonNode> Descendants(JsonNode node)
    {
        IEnumerable<JsonNode?> children = node switch
        {
            JsonObject members => members.Select(member => member.Value),
            JsonArray items => items,
            _ => [],
        };
        return children.OfType<JsonNode>().SelectMany(child => Descendants(child).Prepend(child));
    }

    // Written out and changed as text, because a tree cannot hold what is no Unicode.
    private static string Replaced(JsonNode root, JsonNode place, string value)
    {
        const string Mark = "\"@@\"";
        string path = place.GetPath();
        JsonNode copy = root.DeepClone();
        Descendants(copy).First(node => node.GetPath() == path).ReplaceWith("@@");
        return copy.ToJsonString().Replace(Mark, value, StringComparison.Ordinal);
    }
}
