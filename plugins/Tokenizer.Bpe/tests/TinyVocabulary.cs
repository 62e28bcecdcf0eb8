using System.Buffers;
using System.Text;
using Tessera.Tokenization;

namespace Tessera.Tokenizer.Bpe.Tests;

/// <summary>
/// A byte-level vocabulary of the 256 bytes (id = byte) and what a list of merges makes of them (ids from 256 on, in their order).
/// </summary>
internal static class TinyVocabulary
{
    public static readonly string[] Merges = ["h e", "l l", "he ll", "hell o", "Ġ w", "o r", "Ġw or", "Ġwor l", "Ġworl d", "a a", "aa aa", "Ċ Ċ"];

    /// <summary>The character that spells a byte.</summary>
    public static string Spell(int value)
    {
        var alphabet = Enumerable.Range(0x21, 0x5E).Concat(Enumerable.Range(0xA1, 0x0C)).Concat(Enumerable.Range(0xAE, 0x52)).ToHashSet();
        return alphabet.Contains(value) ? $"{(char)value}" : $"{(char)(0x100 + Enumerable.Range(0, value).Count(b => !alphabet.Contains(b)))}";
    }

    public static TestMetadata Metadata(string? pre = "gpt-2", IEnumerable<string>? merges = null, IEnumerable<string>? more = null)
    {
        string[] all = [.. merges ?? Merges];
        string[] tokens = [.. Enumerable.Range(0, 256).Select(Spell), .. all.Select(m => m.Replace(" ", "", StringComparison.Ordinal)), .. more ?? []];
        TestMetadata metadata = new TestMetadata()
            .With("tokenizer.ggml.model", "gpt2")
            .With("tokenizer.ggml.tokens", tokens)
            .With("tokenizer.ggml.merges", all);
        return pre is null ? metadata : metadata.With("tokenizer.ggml.pre", pre);
    }

    public static ITokenizer Tokenizer(string pre = "gpt-2", IEnumerable<string>? merges = null, IEnumerable<string>? more = null) =>
        new BpeTokenizerFactory(null).Create(Metadata(pre, merges, more), new TokenizerOptions());

    public static List<int> Encode(this ITokenizer tokenizer, string text)
    {
        List<int> ids = [];
        tokenizer.Encode(text, afterSpecial: true, ids);
        return ids;
    }

    public static string Decode(this ITokenizer tokenizer, IEnumerable<int> ids)
    {
        ArrayBufferWriter<byte> bytes = new();
        foreach (int id in ids)
        {
            tokenizer.Decode(id, bytes);
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>The tokens' texts, for readable expectations.</summary>
    public static string Show(this ITokenizer tokenizer, string text) => string.Join('|', tokenizer.Encode(text).Select(tokenizer.Vocabulary.StringOf));
}
