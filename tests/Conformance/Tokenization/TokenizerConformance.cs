using System.Text;
using Tessera.Gguf;
using Tessera.Tokenization;
using Xunit;

namespace Tessera.Conformance.Tokenization;

/// <summary>
/// What a tokenizer must do on a vocabulary: encode and decode the reference's texts to the last id, stream whole characters, and take any UTF-16.
/// Derive a class for each vocabulary. The texts come from the golden data (<c>vocabs/NAME.gguf</c> and <c>.jsonl</c>) unless the paths are overridden.
/// </summary>
/// <param name="factory">The factory under test.</param>
/// <param name="name">The vocabulary's name in the golden data.</param>
/// <param name="options">What the user overrides, or null.</param>
public abstract partial class TokenizerConformance(ITokenizerFactory factory, string name, TokenizerOptions? options = null)
{
    /// <summary>The GGUF file that holds the vocabulary.</summary>
    protected virtual string VocabularyPath => Golden.Path($"vocabs/{name}.gguf");

    /// <summary>The reference's results, as JSON Lines.</summary>
    protected virtual string CasesPath => Golden.Path($"vocabs/{name}.jsonl");

    [Fact]
    public void Texts_encode_to_the_ids_of_the_reference() => ForEachCase((encoder, _, sample) =>
        Difference(sample.Ids, encoder.Encode(sample.Text, addSpecial: false, parseSpecial: false)));

    [Fact]
    public void Texts_with_special_tokens_encode_to_the_ids_of_the_reference() => ForEachCase((encoder, _, sample) =>
        Difference(sample.IdsSpecial, encoder.Encode(sample.Text, addSpecial: true, parseSpecial: true)));

    [Fact]
    public void Ids_decode_to_the_text_of_the_reference() => ForEachCase((_, tokenizer, sample) =>
    {
        // The reference's run gave each token a fixed share of a buffer and recorded "" where long tokens did not fit: two texts of 200 spaces
        // in two tokens. A vocabulary that has such tokens gives the text back.
        string expected = sample.Detok.Length == 0 && sample.Ids.Length > 0 ? sample.Text : sample.Detok;
        string actual = StreamingDecoder.Decode(tokenizer, sample.Ids);
        return actual == expected ? null : $"expected {Show(expected)}, got {Show(actual)}";
    });

    [Fact]
    public void Streamed_text_equals_the_whole_text_and_never_splits_a_character() => ForEachCase((_, tokenizer, sample) =>
    {
        var decoder = new StreamingDecoder(tokenizer);
        var bytes = new System.Buffers.ArrayBufferWriter<byte>();
        var streamed = new StringBuilder();
        foreach (int id in sample.Ids)
        {
            tokenizer.Decode(id, bytes);
            string part = decoder.Append(id);
            streamed.Append(part);
            if (part.Contains('\uFFFD') && !sample.Text.Contains('\uFFFD'))
            {
                return $"token {id} came out as {Show(part)}";
            }
        }

        streamed.Append(decoder.Flush());
        string whole = Encoding.UTF8.GetString(bytes.WrittenSpan);
        return streamed.ToString() == whole ? null : $"whole {Show(whole)}, streamed {Show(streamed.ToString())}";
    });

    [Fact]
    public void A_lone_surrogate_counts_as_a_replacement_character()
    {
        ITokenizer tokenizer = Create();

        foreach (string text in (string[])["\uD83D", "\uDE00", "a\uD83Db", "a \uDE00\uD83D b", "\uD83D\uD83D\uDE00", "\uDE00 \uD83D"])
        {
            AssertCountsAsReplaced(tokenizer, text);
        }
    }

    [Fact]
    public void Any_UTF16_can_be_encoded()
    {
        ITokenizer tokenizer = Create();
        var random = new Random(20);

        for (int i = 0; i < 200; i++)
        {
            // One unit of four is half of a surrogate pair, whatever its neighbours are.
            char[] units = new char[random.Next(1, 40)];
            for (int c = 0; c < units.Length; c++)
            {
                units[c] = (char)(random.Next(4) == 0 ? random.Next(0xD800, 0xE000) : random.Next(0x10000));
            }

            AssertCountsAsReplaced(tokenizer, new string(units));
        }
    }

    [Fact]
    public void An_empty_text_has_only_the_tokens_that_the_vocabulary_adds()
    {
        ITokenizer tokenizer = Create();
        var encoder = new PromptEncoder(tokenizer);
        SpecialTokens special = tokenizer.Vocabulary.Special;

        var ids = new List<int>();
        tokenizer.Encode("", afterSpecial: true, ids);
        Assert.Empty(ids);
        Assert.Empty(encoder.Encode("", addSpecial: false, parseSpecial: true));
        Assert.Equal((int[])[.. special.AddBos ? [special.Bos] : (int[])[], .. special.AddEos ? [special.Eos] : (int[])[]], encoder.Encode("", true, true));
        Assert.Equal("", StreamingDecoder.Decode(tokenizer, []));
    }

    /// <summary>Makes the tokenizer of the vocabulary file.</summary>
    protected ITokenizer Create()
    {
        using GgufFile file = GgufFile.Open(VocabularyPath);
        return factory.Create(file.Metadata, options ?? new TokenizerOptions());
    }

    private static void AssertCountsAsReplaced(ITokenizer tokenizer, string text)
    {
        string replaced = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        Assert.Equal(Encode(tokenizer, replaced), Encode(tokenizer, text));
    }

    private static string? Difference(IReadOnlyList<int> expected, IReadOnlyList<int> actual) =>
        expected.SequenceEqual(actual) ? null : $"expected [{string.Join(' ', expected)}], got [{string.Join(' ', actual)}]";

    private static string Show(string text) => System.Text.Json.JsonSerializer.Serialize(text);

    private void ForEachCase(Func<PromptEncoder, ITokenizer, TokenizationCase, string?> compare)
    {
        ITokenizer tokenizer = Create();
        var encoder = new PromptEncoder(tokenizer);
        IReadOnlyList<TokenizationCase> cases = TokenizationCase.Read(CasesPath);
        List<string> failures = [];
        foreach (TokenizationCase sample in cases)
        {
            if (compare(encoder, tokenizer, sample) is { } difference)
            {
                failures.Add($"{Show(sample.Text)}: {difference}");
            }
        }

        Assert.NotEmpty(cases);
        Assert.True(failures.Count == 0, $"{failures.Count} of {cases.Count} texts differ:\n{string.Join('\n', failures.Take(5))}");
    }
}
