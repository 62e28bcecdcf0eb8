using Tessera.Gguf;

namespace Tessera.Tokenizer.Bpe;

/// <summary>
/// Every pre-tokenizer that is known: the names in <c>tokenizer.ggml.pre</c>, the patterns, and what else differs. The facts are
/// llama.cpp's; a row per model family is all that a new one needs.
/// </summary>
internal static class PreTokenizers
{
    private const string Contraction = "'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD]";
    private const string WhiteSpace = @"\s*[\r\n]+|\s+(?!\S)|\s+";

    private const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
    private const string Llama3 = $@"{Contraction}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|\p{{N}}{{1,3}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n]*|{WhiteSpace}";
    private const string Qwen2 = $@"{Contraction}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|\p{{N}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n]*|{WhiteSpace}";
    private const string Qwen35 = $@"{Contraction}|[^\r\n\p{{L}}\p{{N}}]?[\p{{L}}\p{{M}}]+|\p{{N}}| ?[^\s\p{{L}}\p{{M}}\p{{N}}]+[\r\n]*|{WhiteSpace}";
    private const string DeepSeek3 =
        $@"[!""#$%&'()*+,\-./:;<=>?@\[\\\]^_`{{|}}~][A-Za-z]+|[^\r\n\p{{L}}\p{{P}}\p{{S}}]?[\p{{L}}\p{{M}}]+| ?[\p{{P}}\p{{S}}]+[\r\n]*|{WhiteSpace}";

    // Words whose case changes only from upper to lower, and the contraction after them. Only ASCII letters have a case here.
    private const string CasedWord =
        $@"[^\r\n\p{{L}}\p{{N}}]?[\p{{L}}-[a-z]]*[\p{{L}}-[A-Z]]+(?:{Contraction})?|[^\r\n\p{{L}}\p{{N}}]?[\p{{L}}-[a-z]]+[\p{{L}}-[A-Z]]*(?:{Contraction})?";
    private const string CasedWordWithMarks =
        $@"[^\r\n\p{{L}}\p{{N}}]?[\p{{L}}\p{{M}}-[a-z]]*[\p{{L}}\p{{M}}-[A-Z]]+(?:{Contraction})?"
        + $@"|[^\r\n\p{{L}}\p{{N}}]?[\p{{L}}\p{{M}}-[a-z]]+[\p{{L}}\p{{M}}-[A-Z]]*(?:{Contraction})?";
    private const string UncasedWord = $@"[^\r\n\p{{L}}\p{{N}}]?[\p{{L}}\p{{M}}]+(?:{Contraction})?";
    private const string NumbersAndRest = $@"\p{{N}}{{1,3}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*|{WhiteSpace}";

    private const string Lines = @"[^\n]+|\n+";
    private const string Cjk = @"[\u4E00-\u9FA5\u0800-\u4E00\uAC00-\uD7FF]+";
    private const string HanAndKana = @"[\u4E00-\u9FA5\u3040-\u309F\u30A0-\u30FF]+";
    private const string AsianScripts =
        @"[\u4E00-\u9FFF\u3400-\u4DBF\u8C48-\uFAFF\u3040-\u309F\u30A0-\u30FF"
        + @"\uFF65-\uFF9F\u2F00-\u2FDF\u0E40-\u0E7F\u0E80-\u0EFF\u1780-\u17FF\u1000-\u109F\uAA60-\uAA7F\uA9E0-\uA9FF\uAC00-\uD7AF\u1100-\u11FF]+";
    private const string ExceptSentenceMarks = @" ?[^(\s|.,!?\u2026\u3002\uFF0C\u3001\u0964\u06D4\u060C)]+";

    // Letters of scripts with two cases.
    private const string CasedLetters =
        @"A-Za-z\u00B5\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u01BA\u01BC-\u01BF\u01C4-\u0293\u0295-\u02AF\u0370-\u0373\u0376\u0377\u037B-\u037D\u037F\u0386"
        + @"\u0388-\u038A\u038C\u038E-\u03A1\u03A3-\u03F5\u03F7-\u0481\u048A-\u052F\u0531-\u0556\u10A0-\u10C5\u13A0-\u13F5\u13F8-\u13FD\u1C90-\u1CBA"
        + @"\u1CBD-\u1CBF\u1D00-\u1D2B\u1D6B-\u1D77\u1D79-\u1D9A\u1E00-\u1F15\u1F18-\u1F1D\u1F20-\u1F45\u1F48-\u1F4D\u1F50-\u1F57\u1F59\u1F5B\u1F5D"
        + @"\u1F5F-\u1F7D\u1F80-\u1FB4\u1FB6-\u1FBC\u1FBE\u1FC2-\u1FC4\u1FC6-\u1FCC\u1FD0-\u1FD3\u1FD6-\u1FDB\u1FE0-\u1FEC\u1FF2-\u1FF4\u1FF6-\u1FFC\u2102"
        + @"\u2107\u210A-\u2113\u2115\u2119-\u211D\u2124\u2126\u2128\u212A-\u212D\u212F-\u2134\u2139\u213C-\u213F\u2145-\u2149\u214E\u2183\u2184\u2C00-\u2C7B"
        + @"\u2C7E-\u2CE4\u2CEB-\u2CEE\u2CF2\u2CF3\uA640-\uA66D\uA680-\uA69B\uA722-\uA76F\uA771-\uA787\uA78B-\uA78E\uAB70-\uABBF\uFB00-\uFB06\uFB13-\uFB17"
        + @"\uFF21-\uFF3A\uFF41-\uFF5A\p{CasedBeyondBmp}";

    private static readonly PreTokenizer[] Rows =
    [
        new(["default"], @"[\p{P}$+<=>^~|]+", Gpt2, @"\p{N}+", "[0-9][0-9][0-9]"),
        new(["llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2", "jina-v5-nano"], Llama3)
            { IgnoreMerges = true, AddBos = true },
        new(["dbrx", "smaug-bpe"], Llama3),
        new(["chatglm-bpe", "glm4"], Llama3) { HasDefaultBos = false },
        new(["minicpm5"], @"\p{N}{1,3}", $@"{Contraction}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|\p{{N}}+| ?[^\s\p{{L}}\p{{N}}]+[\r\n]*|{WhiteSpace}")
            { IgnoreMerges = true },
        // No newline is left in a run of white space once it was cut within, so the search for one is not repeated there.
        new(["jais-2"], $@"{Contraction}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|\p{{N}}{{1,3}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n]*|(?<![^\S\r\n])\s*[\r\n]+"
            + @"|\s{512}(?!\S)|\s{256}(?!\S)|\s{128}(?!\S)|\s{64}(?!\S)|\s{32}(?!\S)|\s{16}(?!\S)|\s{8}(?!\S)|\s{4}(?!\S)|\s{1,2}(?!\S)|\s"),
        new(["gpt-2", "phi-2", "jina-es", "jina-de", "gigachat", "a.x-4.0", "mellum",
            "modern-bert", "jina-v1-en", "roberta-bpe", "exaone4", "mpt", "olmo", "jais"], Gpt2),
        new(["jina-v2-es", "jina-v2-de", "jina-v2-code"], Gpt2) { StripsLeft = "<mask>" },
        new(["trillion", "granite-docling"], Gpt2) { CleansSpaces = false },
        new(["starcoder", "refact", "codeshell", "exaone", "minerva-7b", "mellum2"], @"\p{N}", Gpt2),
        new(["command-r", "smollm"], @"\p{N}", Gpt2) { CleansSpaces = false },
        new(["falcon"], @"[\p{P}$+<=>^~|`]+", Gpt2, "[0-9][0-9][0-9]"),
        new(["qwen2", "deepseek-r1-qwen", "kormo", "f2llmv2", "hunyuan", "solar-open", "grok-2"], Qwen2) { CleansSpaces = false },
        new(["stablelm2", "megrez"], Qwen2),
        new(["laguna"], Lines, Qwen2) { CleansSpaces = false },
        new(["qwen35"], Qwen35) { CleansSpaces = false },
        new(["deepseek-llm"], "[\r\n]", $@"\s?[{CasedLetters}]+", @"\s?[!-/:-~\uFF01-\uFF0F\uFF1A-\uFF5E\u2018-\u201F\u3000-\u3002]+", @"\s+\z", Cjk, @"\p{N}+")
            { CleansSpaces = false },
        new(["deepseek-coder"], "[\r\n]", @"\s?\p{L}+", @"\s?\p{P}+", Cjk, @"\p{N}") { CleansSpaces = false },
        new(["deepseek-v3", "hunyuan-dense", "joyai-llm"], @"\p{N}{1,3}", HanAndKana, DeepSeek3) { CleansSpaces = false },
        new(["afmoe"], DigitTriples.CutAfter, AsianScripts, DeepSeek3) { CleansSpaces = false },
        new(["youtu"],
            @"[\uAC00-\uD7A3\u3131-\u318E]+|[\uFF01\u2026\u201C\u201D\u2018\u2019\u2014\uFF1A\uFF1B\uFF0C\u3001-\u303F\uFE30-\uFE4F]+|[\u3105-\u312F]+|"
                + HanAndKana,
            $@"{UncasedWord}|\p{{N}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*|{WhiteSpace}") { IgnoreMerges = true, CleansSpaces = false },
        new(["poro-chat"], ExceptSentenceMarks) { CleansSpaces = false },
        new(["bloom", "gpt3-finnish"], ExceptSentenceMarks),
        new(["viking"], ExceptSentenceMarks, @"\p{N}") { CleansSpaces = false },
        new(["tekken"],
            @"[^\r\n\p{L}\p{N}]?[\p{L}-[a-z]]*[\p{L}-[A-Z]]+|[^\r\n\p{L}\p{N}]?[\p{L}-[a-z]]+[\p{L}-[A-Z]]*"
                + $@"|\p{{N}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*|{WhiteSpace}")
            { IgnoreMerges = true, AddBos = true, CleansSpaces = false },
        new(["gpt-4o", "llama4", "kanana2", "talkie", "minimax-m2"], $"{CasedWord}|{NumbersAndRest}") { CleansSpaces = false },
        new(["granite-embed-multi-97m"], $"{CasedWordWithMarks}|{NumbersAndRest}") { IgnoreMerges = true, CleansSpaces = false },
        new(["tiny_aya", "cohere2moe"], DigitTriples.CutAfter, $"{UncasedWord}|{NumbersAndRest}") { CleansSpaces = false },
        new(["superbpe"], @"\p{N}+", DigitTriples.CutBefore) { CleansSpaces = false },
        new(["kimi-k2"],
            $@"\p{{Han}}+|[^\r\n\p{{L}}\p{{N}}]?[\p{{L}}-[\p{{Han}}]]+(?:{Contraction})?|\p{{N}}{{1,3}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n]*|{WhiteSpace}")
            { NeedsMerges = false, CleansSpaces = false },
        new(["chameleon"], "<sentinel:[0-9]+>", "IMGIMG[A-I]{1,4}Z", @"[\t\n]|    |  ", @"\p{N}", @"[\p{P}!-/:-@\[-`{-~]", Gpt2)
            { AddBos = true, CleansSpaces = false },
        new(["bailingmoe", "bailingmoe2", "llada-moe"],
            @"'(?:[sSdDmMtT]|[lL][lL]|[vV][eE]|[rR][eE])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+")
            { CleansSpaces = false },
        new(["seed-coder"], $@"{Contraction}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|\p{{N}}| ?[^\s\p{{L}}\p{{N}}\r\n]+|{WhiteSpace}") { CleansSpaces = false },
        new(["exaone-moe"],
            $@"{Contraction}|[^\r\n\p{{L}}\p{{N}}]?(?:\p{{L}}\p{{M}}*(?: \p{{L}}\p{{M}}*)*)+|\p{{N}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]?|\s*[\r\n]|\s+(?!\S)|\s+"),
        new(["gemma4", "granite-embed-multi-311m"], Lines)
            { ByteLevel = false, EscapesSpaces = true, KeepsLineFeeds = true, AddBos = true, AlwaysAddsBos = true },
        new(["sarvam-moe"], Lines) { ByteLevel = false, EscapesSpaces = true, CleansSpaces = false },
        new(["whitespace"], @"\S+") { ByteLevel = false },
    ];

    /// <summary>Every name, in the table's order.</summary>
    public static IEnumerable<string> Names => Rows.SelectMany(r => r.Names);

    /// <summary>Every row.</summary>
    public static IReadOnlyList<PreTokenizer> All => Rows;

    /// <summary>The row of a name, or null.</summary>
    public static PreTokenizer? Find(string name) => Array.Find(Rows, r => r.Names.Contains(name));

    /// <summary>The row of a name that a model's file or its user gives.</summary>
    /// <exception cref="TesseraException">There is none.</exception>
    public static PreTokenizer Require(string name, IGgufMetadata metadata) => Find(name)
        ?? throw new TesseraException($"{metadata.Source}: the pre-tokenizer '{name}' is not known, and another would give wrong token ids. "
            + $"If the model uses a known one under a new name, say so with --pre NAME: {string.Join(", ", Names)}.");
}
