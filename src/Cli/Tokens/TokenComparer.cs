using System.CommandLine;
using System.Text.Json;
using Tessera.Cli.Application;
using Tessera.Cli.Display;
using Tessera.Cli.Json;
using Tessera.Gguf;
using Tessera.Loading;
using Tessera.Tokenization;
using Tessera.Workbench.Tokens;

namespace Tessera.Cli.Tokens;

/// <summary><c>tessera compare --tokens MODEL expected.jsonl</c>: token ids against a reference's.</summary>
internal sealed class TokenComparer
{
    private readonly Option<bool> _explain = new("--explain-merges")
    {
        Description = "With --tokens: show the merges that led to the first difference, and the one at which the readings part.",
    };

    public void AddTo(Command command) => command.Options.Add(_explain);

    /// <param name="model">A GGUF file.</param>
    /// <param name="expected">JSON Lines.</param>
    /// <param name="options">The tokenizer and pre-tokenizer to use in place of the file's.</param>
    /// <param name="json">Whether JSON is written.</param>
    /// <param name="arguments">The command line.</param>
    public int Compare(string model, string expected, ModelOptions options, bool json, ParseResult arguments)
    {
        using var engine = new Engine(arguments);
        using GgufModelFile file = GgufModelFile.Open(model);
        ITokenizer tokenizer = engine.Loader.CreateTokenizer(file.Metadata, options);
        var encoder = new PromptEncoder(tokenizer);
        (int lines, int different) = (0, 0);
        (ExpectedTokens Line, TokenDifference Difference)? first = null;
        (ExpectedTokens Line, string Actual)? firstText = null;
        foreach (ExpectedTokens line in ExpectedTokens.Read(expected))
        {
            lines++;
            TokenDifference? difference = DifferenceOf(encoder, line);
            string? text = difference is null ? OtherTextOf(tokenizer, line) : null;
            different += difference is null && text is null ? 0 : 1;
            first ??= difference is null ? null : (line, difference);
            firstText ??= text is null ? null : (line, text);
        }

        PartingExplanation? explanation = first is { } found && arguments.GetValue(_explain) ? PartingExplainer.Explain(tokenizer, found.Difference) : null;
        if (json)
        {
            Terminal.Exact.WriteLine(CliJson.Serialize(new CompareTokensResult
            {
                Model = model,
                Expected = expected,
                Lines = lines,
                Different = different,
                First = first is { } entry ? EntryOf(entry.Line, entry.Difference, explanation) : null,
            }));
        }
        else
        {
            var report = new TokenReport(tokenizer);
            if (first is { } shown)
            {
                report.Write(shown.Line, shown.Difference);
                if (arguments.GetValue(_explain))
                {
                    report.Write(explanation);
                }
            }
            else if (firstText is { } decoded)
            {
                TokenReport.WriteText(decoded.Line, decoded.Actual);
            }

            TokenReport.WriteVerdict(lines, different);
        }

        return different == 0 ? ExitCode.Success : ExitCode.Failure;
    }

    private static TokenDifference? DifferenceOf(PromptEncoder encoder, ExpectedTokens line) =>
        (line.Ids is null ? null : TokenDifference.Find(encoder, line.Text, withSpecial: false, line.Ids))
        ?? (line.IdsSpecial is null ? null : TokenDifference.Find(encoder, line.Text, withSpecial: true, line.IdsSpecial));

    /// <summary>What the reference's ids decode to, where that is not the reference's text. An empty text of ids is none that was recorded.</summary>
    private static string? OtherTextOf(ITokenizer tokenizer, ExpectedTokens line) =>
        line is { Ids: { Length: > 0 } ids, Detok: { Length: > 0 } detok }
            && StreamingDecoder.Decode(tokenizer, ids) is var text && text != detok ? text : null;

    private static TokenDifferenceEntry EntryOf(ExpectedTokens line, TokenDifference difference, PartingExplanation? explanation) => new(
        line.Line,
        difference.WithSpecial,
        difference.Index,
        difference.Expected,
        difference.Actual,
        explanation is null ? null : JsonNamingPolicy.SnakeCaseLower.ConvertName(explanation.Cause.ToString()),
        explanation is { PartingMerge: >= 0 } ? explanation.PartingMerge : null);
}
