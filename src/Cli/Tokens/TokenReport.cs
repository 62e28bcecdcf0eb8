using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;
using Tessera.Tokenization;
using Tessera.Tokenization.Comparison;

namespace Tessera.Cli.Tokens;

/// <summary>Two readings of a text for people.</summary>
internal sealed class TokenReport(ITokenizer tokenizer)
{
    /// <summary>Tokens shown before and after the first that differs.</summary>
    private const int Context = 4;

    private const int ShownText = 200;

    public void Write(ExpectedTokens line, TokenDifference difference)
    {
        string mode = difference.WithSpecial ? ", with special tokens (ids_special)" : "";
        AnsiConsole.WriteLine($"Line {line.Line}: token {difference.Index} differs{mode}.");
        AnsiConsole.WriteLine($"  text       {Quote(Shorten(line.Text))}");
        AnsiConsole.MarkupLine($"  reference  {Reading(difference.Expected, difference.Index)}");
        AnsiConsole.MarkupLine($"  here       {Reading(difference.Actual, difference.Index)}");
    }

    public void Write(PartingExplanation? explanation)
    {
        if (explanation is null)
        {
            AnsiConsole.WriteLine("The tokenizer does not tell its merges.");
            return;
        }

        if (explanation.Cause is PartingCause.Merge or PartingCause.MissingMerge)
        {
            WriteMerges(explanation);
        }

        AnsiConsole.MarkupLine($"[bold]{Markup.Escape(Sentence(explanation))}[/]");
    }

    public static void WriteText(ExpectedTokens line, string actual)
    {
        AnsiConsole.WriteLine($"Line {line.Line}: the ids decode to another text.");
        AnsiConsole.WriteLine($"  reference  {Quote(Shorten(line.Detok!))}");
        AnsiConsole.WriteLine($"  here       {Quote(Shorten(actual))}");
    }

    public static void WriteVerdict(int lines, int different) => AnsiConsole.MarkupLine(different == 0
        ? $"[green]All {lines} texts are tokenized as the reference does.[/]"
        : $"[red bold]{different} of {lines} texts are not tokenized as the reference does.[/]");

    private string Reading(IReadOnlyList<int> ids, int index)
    {
        var reading = new StringBuilder(index > Context ? "... " : "");
        for (int i = Math.Max(0, index - Context); i <= Math.Min(ids.Count - 1, index + Context); i++)
        {
            string text = (uint)ids[i] < (uint)tokenizer.Vocabulary.Count ? Quote(tokenizer.Vocabulary.StringOf(ids[i])) : "(not in the vocabulary)";
            string token = Markup.Escape(string.Create(CultureInfo.InvariantCulture, $"{ids[i]} {text}"));
            reading.Append(i == index ? $"[red bold]>>{token}<<[/]  " : $"{token}  ");
        }

        return reading.Append(index >= ids.Count ? "[red bold]>>ends here<<[/]" : index + Context < ids.Count - 1 ? "..." : "").ToString().TrimEnd();
    }

    private static void WriteMerges(PartingExplanation explanation)
    {
        (int from, int to) = (explanation.Touched.Start.Value, explanation.Touched.End.Value);
        AnsiConsole.WriteLine($"  merges here of {Quote(explanation.Word[from..to])}:");
        for (int i = 0; i < explanation.Merges.Count; i++)
        {
            MergeStep step = explanation.Merges[i];
            if (step.Start >= from && step.End <= to)
            {
                string line = string.Create(
                    CultureInfo.InvariantCulture,
                    $"    {i + 1,4}  {Quote(explanation.Word[step.Start..step.Middle])} + {Quote(explanation.Word[step.Middle..step.End])}  {explanation.MergeOrder} {step.Order:G9}");
                AnsiConsole.MarkupLine(i == explanation.PartingMerge ? $"[red bold]{Markup.Escape(line)}  <- the reference does not[/]" : Markup.Escape(line));
            }
        }
    }

    private string Sentence(PartingExplanation e) => e.Cause switch
    {
        PartingCause.SpecialToken => "A special token makes the difference, no merge: look at tokenizer.ggml.add_bos_token, .add_eos_token and the tokens' types.",
        PartingCause.SpacePrefix => $"The readings part before any merge: {(tokenizer.Vocabulary.Special.AddSpacePrefix ? "a space is put before the text here, not by the reference" : "the reference puts a space before the text, which is not done here")}. "
            + $"tokenizer.ggml.add_space_prefix is {(tokenizer.Vocabulary.Special.AddSpacePrefix ? "true" : "false")} here.",
        PartingCause.Text => $"The readings part before any merge: the reference reads {Quote(e.Expected)} where the text here has {Quote(e.Actual)}. Normalization or vocabulary differ.",
        PartingCause.WordBorder => $"The readings part before any merge: the reference's {Quote(e.Expected)} goes beyond the word {Quote(e.Word)}. Another pre-tokenizer cut the text (tokenizer.ggml.pre, --pre).",
        PartingCause.WholeWord => $"The word {Quote(e.Word)} is a token, and this pre-tokenizer takes it without merging; the reference merges.",
        PartingCause.Vocabulary => $"Both read {Quote(e.Expected)}, with two ids: the vocabularies differ, or have the piece twice.",
        PartingCause.Merge => string.Create(
            CultureInfo.InvariantCulture,
            $"The readings part at merge {e.PartingMerge + 1}: {Quote(e.Word[e.Merges[e.PartingMerge].Start..e.Merges[e.PartingMerge].Middle])} + {Quote(e.Word[e.Merges[e.PartingMerge].Middle..e.Merges[e.PartingMerge].End])} ({e.MergeOrder} {e.Merges[e.PartingMerge].Order:G9}), which the reference keeps apart.{Rival(e)}"),
        _ => e.ReferenceMerge is { } pair
            ? $"The reference goes on where the merges here end: {Quote(e.Expected)} is one token there, and {Quote(pair.Left)} + {Quote(pair.Right)} does not merge here{(pair.Order is null ? ": there is no such merge" : "")}."
            : "The reference goes on where the merges here end.",
    };

    private static string Rival(PartingExplanation e) => e.ReferenceMerge is not { } pair
        ? " The merge is missing there, or another tokenizer made its ids."
        : string.Create(CultureInfo.InvariantCulture, $" It merges {Quote(pair.Left)} + {Quote(pair.Right)} before, {(pair.Order is double order ? $"{e.MergeOrder} {order:G9} here" : "which is no merge here")}.");

    private static string Quote(ReadOnlyMemory<byte> utf8) => Quote(Encoding.UTF8.GetString(utf8.Span));

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    private static string Shorten(string text) => text.Length <= ShownText ? text : $"{text[..ShownText]}...";
}
