using System.Globalization;
using System.Text;
using Tessera.Gguf;
using Tessera.Loading;
using Tessera.Tokenization;

namespace Tessera.Workbench.Verification;

/// <summary>Looks at the tokens that a file lists, their scores, merges and roles, and lets the tokenizer read a text.</summary>
internal sealed class VocabularyCheck(GgufModelFile file, IModelLoader loader)
{
    private const string TokensKey = "tokenizer.ggml.tokens";
    private const string ScoresKey = "tokenizer.ggml.scores";
    private const string MergesKey = "tokenizer.ggml.merges";
    private const string Probe = "Hello, world! 1234 äß 漢字 🙂\n";

    private readonly List<Finding> _findings = [];

    private IGgufMetadata Metadata => file.Metadata;

    /// <param name="vocabulary">Rows of the model's output; null where that is not known.</param>
    public VerificationCheck Run(int? vocabulary)
    {
        if (!Metadata.TryGetValue("tokenizer.ggml.model", out _))
        {
            return new VerificationCheck(
                "vocabulary", "none", [Finding.Remark($"{Metadata.Source}: the file has no tokenizer; it works with token ids alone.")]);
        }

        int count = 0;
        try
        {
            ReadOnlyMemory<byte>[] tokens = [.. Metadata.GetUtf8Strings(TokensKey) ?? []];
            count = tokens.Length;
            CheckTokens(tokens, vocabulary);
            CheckScores();
            CheckMerges(tokens);
            CheckRoles(count);
            CheckTokenizer();
        }
        catch (TesseraException e)
        {
            _findings.Add(Finding.Of(e));
        }

        return new VerificationCheck("vocabulary", string.Create(CultureInfo.InvariantCulture, $"{count:N0} tokens"), _findings);
    }

    private void CheckTokens(ReadOnlyMemory<byte>[] tokens, int? vocabulary)
    {
        if (tokens.Length == 0)
        {
            Fault(TokensKey, "there are no tokens");
        }

        if (vocabulary is { } rows && rows != tokens.Length)
        {
            Remark(TokensKey, $"{tokens.Length} tokens, but the model has logits for {rows}; those beyond are never drawn");
        }

        var first = new Dictionary<string, int>(tokens.Length, StringComparer.Ordinal);
        int[] duplicates = [.. Enumerable.Range(0, tokens.Length).Where(id => !tokens[id].IsEmpty && !first.TryAdd(Bytes(tokens[id]), id))];
        if (duplicates is [int duplicate, ..])
        {
            Remark(
                TokensKey,
                $"{Number(duplicates.Length, "token has", "tokens have")} the text of an earlier one; "
                + $"{duplicate} and {first[Bytes(tokens[duplicate])]} are both {Quote(tokens[duplicate])}");
        }

        int[] empty = [.. Enumerable.Range(0, tokens.Length).Where(id => tokens[id].IsEmpty)];
        if (empty.Length > 0)
        {
            Remark(TokensKey, $"{Number(empty.Length, "token has", "tokens have")} no text, the first is {empty[0]}");
        }
    }

    private void CheckScores()
    {
        float[] scores = Metadata.GetFloats(ScoresKey) ?? [];
        if (Array.FindIndex(scores, score => !float.IsFinite(score)) is >= 0 and int id)
        {
            Fault(ScoresKey, $"the score of the token {id} is {scores[id].ToString(CultureInfo.InvariantCulture)}");
        }

        if (Metadata.GetString("tokenizer.ggml.model") == "llama" && scores.Length > 0 && scores.All(score => score == 0))
        {
            Fault(ScoresKey, "all scores are zero: merges would come in no order");
        }
    }

    private void CheckMerges(ReadOnlyMemory<byte>[] tokens)
    {
        IReadOnlyList<ReadOnlyMemory<byte>> merges = Metadata.GetUtf8Strings(MergesKey) ?? [];
        var known = new HashSet<string>(tokens.Select(Bytes), StringComparer.Ordinal);
        var malformed = new List<int>();
        var unknown = new List<int>();
        for (int rank = 0; rank < merges.Count; rank++)
        {
            // A part may begin with a space.
            string merge = Bytes(merges[rank]);
            int space = merge.Length < 2 ? -1 : merge.IndexOf(' ', 1);
            if (space < 0 || space == merge.Length - 1)
            {
                malformed.Add(rank);
            }
            else if (!known.Contains(merge[..space]) || !known.Contains(merge[(space + 1)..]) || !known.Contains(merge.Remove(space, 1)))
            {
                unknown.Add(rank);
            }
        }

        if (malformed.Count > 0)
        {
            Fault(
                MergesKey,
                $"{Number(malformed.Count, "merge is", "merges are")} no two parts with a space between, the first is number {malformed[0]}, "
                + $"{Quote(merges[malformed[0]])}");
        }

        if (unknown.Count > 0)
        {
            string text =
                $"{Number(unknown.Count, "merge joins or makes", "merges join or make")} what is no token, the first is number {unknown[0]}, "
                + $"{Quote(merges[unknown[0]])}";
            if (unknown.Count > merges.Count / 2)
            {
                Fault(MergesKey, text);
            }
            else
            {
                Remark(MergesKey, text);
            }
        }
    }

    private void CheckRoles(int count)
    {
        foreach (string key in Metadata.Keys.Where(
            key => key.StartsWith("tokenizer.ggml.", StringComparison.Ordinal) && key.EndsWith("_token_id", StringComparison.Ordinal)))
        {
            // Some converters write -1, or its 32 bits without a sign, for none.
            if (Metadata.GetInt64(key, 0) is var id && id != -1 && id != uint.MaxValue && (id < 0 || id >= count))
            {
                Fault(key, $"the token {id} does not exist, there are {count}");
            }
        }
    }

    private void CheckTokenizer()
    {
        ITokenizer tokenizer = loader.CreateTokenizer(Metadata);
        SpecialTokens special = tokenizer.Vocabulary.Special;
        if (special is { AddBos: true, Bos: < 0 } or { AddEos: true, Eos: < 0 })
        {
            _findings.Add(Finding.Fault($"{Metadata.Source}: prompts should get a BOS or EOS token, and there is none."));
        }

        if (tokenizer.Vocabulary.EndOfGeneration.Count == 0)
        {
            _findings.Add(Finding.Remark($"{Metadata.Source}: no token ends a text; generation goes on until its limit."));
        }

        IReadOnlyList<int> ids = new PromptEncoder(tokenizer).Encode(Probe, addSpecial: false, parseSpecial: false);
        string back = StreamingDecoder.Decode(tokenizer, ids);
        if (back != Probe)
        {
            _findings.Add(Finding.Remark($"{Metadata.Source}: the text '{Escape(Probe)}' comes back from the tokenizer as '{Escape(back)}'."));
        }
    }

    private void Fault(string key, string text) => _findings.Add(Finding.Fault($"{Metadata.Source}: key '{key}': {text}."));

    private void Remark(string key, string text) => _findings.Add(Finding.Remark($"{Metadata.Source}: key '{key}': {text}."));

    private static string Number(int count, string one, string several) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? one : several)}");

    /// <summary>A string with a character for each byte, so that no two texts become one.</summary>
    private static string Bytes(ReadOnlyMemory<byte> text) => Encoding.Latin1.GetString(text.Span);

    private static string Quote(ReadOnlyMemory<byte> text) => $"'{Escape(Encoding.UTF8.GetString(text.Span))}'";

    private static string Escape(string text) => text.Replace("\n", "\\n", StringComparison.Ordinal);
}
