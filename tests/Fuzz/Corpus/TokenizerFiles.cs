using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tessera.Fuzz.Corpus;

/// <summary>Tokenizers' own files.</summary>
internal static class TokenizerFiles
{
    private static readonly string[] s_merges = ["h e", "l l", "he ll", "Ġ w", "o r", "Ġw or", "Ã ©"];

    /// <summary>A <c>tokenizer.json</c> with merges as pairs and no more than it needs, and one with merges as texts and every part.</summary>
    public static IReadOnlyList<byte[]> Json()
    {
        JsonObject small = Document(merges: new JsonArray([.. s_merges.Select(merge => new JsonArray([.. merge.Split(' ').Select(part => (JsonNode)part)]))]));
        small["pre_tokenizer"] = JsonNode.Parse("""{"type":"ByteLevel","add_prefix_space":false}""");
        JsonObject whole = Document(merges: new JsonArray([.. s_merges.Select(merge => (JsonNode)merge)]));
        whole["version"] = "1.0";
        whole["truncation"] = null;
        whole["padding"] = null;
        whole["normalizer"] = JsonNode.Parse("""{"type":"NFC"}""");
        whole["pre_tokenizer"] = JsonNode.Parse(
            """{"type":"Sequence","pretokenizers":[{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}]}""");
        whole["post_processor"] = JsonNode.Parse(
            """
            {"type":"Sequence","processors":[{"type":"ByteLevel","trim_offsets":false},
             {"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<|end|>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],
              "pair":[],"special_tokens":{}}]}
            """);
        whole["decoder"] = JsonNode.Parse("""{"type":"ByteLevel"}""");
        return [Encoding.UTF8.GetBytes(small.ToJsonString()), Encoding.UTF8.GetBytes(whole.ToJsonString(new JsonSerializerOptions { WriteIndented = true }))];
    }

    /// <summary>A SentencePiece model of type BPE.</summary>
    public static byte[] SentencePiece()
    {
        (string Text, int Type)[] pieces =
        [
            ("<unk>", 2), ("<s>", 3), ("</s>", 3), ("<tool>", 4), ("<0x0A>", 6), ("\u2581", 1), ("ab", 1), ("\u2581a", 1),
            .. Enumerable.Range('a', 26).Select(c => ($"{(char)c}", 1)),
        ];
        var file = new MemoryStream();
        foreach ((string text, int type) in pieces)
        {
            file.Write(Bytes(1, [.. Bytes(1, Encoding.UTF8.GetBytes(text)), (2 << 3) | 5, .. BitConverter.GetBytes(-text.Length / 2f), .. Integer(3, type)]));
        }

        file.Write(Bytes(2, [.. Bytes(1, "input.txt"u8), .. Integer(3, 2), .. Integer(4, pieces.Length)]));
        file.Write(Bytes(3, [.. Bytes(1, "identity"u8), .. Bytes(2, []), .. Integer(3, 1), .. Integer(4, 0), .. Integer(5, 1)]));
        return file.ToArray();
    }

    private static JsonObject Document(JsonArray merges)
    {
        var vocabulary = new JsonObject();
        foreach (string token in ByteAlphabet.All.Concat(s_merges.Select(merge => merge.Replace(" ", "", StringComparison.Ordinal))))
        {
            vocabulary[token] = vocabulary.Count;
        }

        return new JsonObject
        {
            ["added_tokens"] = JsonNode.Parse(
                """[{"id":300,"content":"<|end|>","special":true,"single_word":false,"lstrip":false},{"id":301,"content":"<tool>","special":false}]"""),
            ["model"] = new JsonObject { ["type"] = "BPE", ["dropout"] = null, ["vocab"] = vocabulary, ["merges"] = merges },
        };
    }

    private static byte[] Bytes(int field, ReadOnlySpan<byte> content) => [(byte)((field << 3) | 2), .. Varint(content.Length), .. content];

    private static byte[] Integer(int field, int value) => [(byte)(field << 3), .. Varint(value)];

    private static byte[] Varint(int value) => value < 0x80 ? [(byte)value] : [(byte)(value | 0x80), (byte)(value >> 7)];
}
