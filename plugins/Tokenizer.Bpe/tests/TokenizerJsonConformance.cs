using System.Text;
using System.Text.Json.Nodes;
using Tessera.Conformance.Tokenization;

namespace Tessera.Tokenizer.Bpe.Tests;

/// <summary>The same ids from a tokenizer.json as from a GGUF file.</summary>
public sealed class LlamaJsonConformance() : TokenizerConformance(new TokenizerJsonFactory(Words, ignoreMerges: true, begin: "<|begin_of_text|>"), "llama-bpe")
{
    private static readonly JsonNode Words = JsonNode.Parse("""
        {"type":"Sequence","pretokenizers":[
          {"type":"Split","behavior":"Isolated","invert":false,"pattern":{"Regex":
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"}},
          {"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false}]}
        """)!;
}

public sealed class Qwen2JsonConformance() : TokenizerConformance(new TokenizerJsonFactory(Words), "qwen2")
{
    private static readonly JsonNode Words = JsonNode.Parse("""
        {"type":"Sequence","pretokenizers":[
          {"type":"Split","behavior":"Isolated","invert":false,"pattern":{"Regex":
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"}},
          {"type":"ByteLevel","add_prefix_space":false,"trim_offsets":false,"use_regex":false}]}
        """)!;
}

public sealed class Gpt2JsonConformance() : TokenizerConformance(
    new TokenizerJsonFactory(JsonNode.Parse("""{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true}""")!), "gpt-2");

/// <remarks>The vocabulary has no token for the byte 0xF1.</remarks>
public sealed class StarCoderJsonConformance() : TokenizerConformance(new TokenizerJsonFactory(Words), "starcoder")
{
    private static readonly JsonNode Words = JsonNode.Parse("""
        {"type":"Sequence","pretokenizers":[
          {"type":"Digits","individual_digits":true},
          {"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}]}
        """)!;

    protected override bool Holds(Rune character) => character.Plane is < 4 or > 7;
}
