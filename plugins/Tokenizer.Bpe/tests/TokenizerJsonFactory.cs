using System.Text;
using System.Text.Json.Nodes;
using Tessera.Gguf;
using Tessera.Tokenization;

namespace Tessera.Tokenizer.Bpe.Tests;

/// <summary>Writes a GGUF file's vocabulary as the tokenizer.json that it came from, and reads that.</summary>
internal sealed class TokenizerJsonFactory(JsonNode preTokenizer, bool ignoreMerges = false, string? begin = null) : ITokenizerFactory
{
    public ITokenizer Create(IGgufMetadata metadata, TokenizerOptions options)
    {
        var reader = new BpeTokenizerFactory(null);
        byte[] content = Encoding.UTF8.GetBytes(Write(metadata).ToJsonString());
        Assert.True(reader.Recognizes(content));
        return reader.Read(content, "tokenizer.json", metadata, options);
    }

    private JsonObject Write(IGgufMetadata metadata)
    {
        IReadOnlyList<ReadOnlyMemory<byte>> texts = metadata.GetUtf8Strings("tokenizer.ggml.tokens")!;

        // As the reference takes them, which goes by names too; a tokenizer.json says all of it.
        Vocabulary types = Vocabulary.Read(metadata, new SpecialTokens());
        var vocabulary = new JsonObject();
        var added = new JsonArray();
        for (int id = 0; id < texts.Count; id++)
        {
            string text = Encoding.UTF8.GetString(texts[id].Span);
            if (types.TypeOf(id) is TokenType.Control or TokenType.UserDefined)
            {
                added.Add((JsonNode)new JsonObject { ["id"] = id, ["content"] = text, ["special"] = types.TypeOf(id) == TokenType.Control });
            }
            else if (types.TypeOf(id) == TokenType.Normal)
            {
                vocabulary[text] = id;
            }
        }

        var file = new JsonObject
        {
            ["added_tokens"] = added,
            ["normalizer"] = null,
            ["pre_tokenizer"] = preTokenizer.DeepClone(),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["dropout"] = null,
                ["continuing_subword_prefix"] = "",
                ["ignore_merges"] = ignoreMerges,
                ["vocab"] = vocabulary,
                ["merges"] = new JsonArray(
                    [.. metadata.GetUtf8Strings("tokenizer.ggml.merges")!.Select(merge => (JsonNode)Encoding.UTF8.GetString(merge.Span))]),
            },
        };
        if (begin is not null)
        {
            file["post_processor"] = JsonNode.Parse("""
                {"type":"Sequence","processors":[
                  {"type":"ByteLevel"},
                  {"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"BEGIN","type_id":0}},{"Sequence":{"id":"A","type_id":0}}]}]}
                """.Replace("BEGIN", begin, StringComparison.Ordinal));
        }

        return file;
    }
}
