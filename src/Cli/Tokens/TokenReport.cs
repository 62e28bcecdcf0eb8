using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tessera.Cli.Display;
using Tessera.Tokenization;
using Tessera.Workbench.Tokens;

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
        Terminal.Line($"Line {line.Line}: token {difference.Index} differs{mode}.");
        Terminal.Line($"  text       {Quote(Shorten(line.Text))}");
        Terminal.Line($"  reference  {Reading(difference.Expected, difference.Index)}");
        Terminal.Line($"  here       {Reading(difference.Actual, difference.Index)}");
    }

    public void Write(PartingExplanation? explanation)
    {
        if (explanation is null)
        {
            Terminal.Line($"The tokenizer does not tell its merges.");
            return;
        }

        if (explanation.Cause is PartingCause.Merge or PartingCause.MissingMerge)
        {
            WriteMerges(explanation);
        }

        Terminal.Line($"[bold]{Sentence(explanation)}[/]");
    }

    public static void WriteText(ExpectedTokens line, string actual)
    {
        Terminal.Line($"Line {line.Line}: the ids decode to another text.");
        Terminal.Line($"  reference  {Quote(Shorten(line.Detok!))}");
        Terminal.Line($"  here       {Quote(Shorten(actual))}");
    }

    public static void WriteVerdict(int lines, int different) => Terminal.Line(different == 0
        ? (FormattableString)$"[green]All {lines} texts are tokenized as the reference does.[/]"
        : $"[red bold]{different} of {lines} texts are not tokenized as the reference does.[/]");

    private StyledText Reading(IReadOnlyList<int> ids, int index)
    {
        var reading = new List<StyledText>();
        if (index > Context)
        {
            reading.Add("...");
        }

        for (int i = Math.Max(0, index - Context); i <= Math.Min(ids.Count - 1, index + Context); i++)
        {
            string text = (uint)ids[i] < (uint)tokenizer.Vocabulary.Count ? Quote(tokenizer.Vocabulary.StringOf(ids[i])) : "(not in the vocabulary)";
            reading.Add(i == index ? StyledText.Of($"[red bold]>>{ids[i]} {text}<<[/]") : StyledText.Of($"{ids[i]} {text}"));
        }

        if (index >= ids.Count)
        {
            reading.Add(StyledText.Of($"[red bold]>>ends here<<[/]"));
        }
        else if (index + Context < ids.Count - 1)
        {
            reading.Add("...");
        }

        return StyledText.Join("  ", reading);
    }

    private static void WriteMerges(PartingExplanation explanation)
    {
        (int from, int to) = (explanation.Touched.Start.Value, explanation.Touched.End.Value);
        Terminal.Line($"  merges here of {Quote(explanation.Word[from..to])}:");
        for (int i = 0; i < explanation.Merges.Count; i++)
        {
            MergeStep step = explanation.Merges[i];
            if (step.Start >= from && step.End <= to)
            {
                string line = string.Create(
                    CultureInfo.InvariantCulture,
                    $"    {i + 1,4}  {Quote(explanation.Word[step.Start..step.Middle])} + {Quote(explanation.Word[step.Middle..step.End])}  "
                    + $"{explanation.MergeOrder} {step.Order:G9}");
                Terminal.Line(i == explanation.PartingMerge ? $"[red bold]{line}  <- the reference does not[/]" : (FormattableString)$"{line}");
            }
        }
    }

    private string Sentence(PartingExplanation e) => e.Cause switch
    {
        PartingCause.SpecialToken =>
            "A special token makes the difference, no merge: look at tokenizer.ggml.add_bos_token, .add_eos_token and the tokens' types.",
        PartingCause.SpacePrefix =>
            tokenizer.Vocabulary.Special.AddSpacePrefix
                ? "The readings part before any merge: a space is put before the text here, not by the reference. "
                    + "tokenizer.ggml.add_space_prefix is true here."
                : "The readings part before any merge: the reference puts a space before the text, which is not done here. "
                    + "tokenizer.ggml.add_space_prefix is false here.",
        PartingCause.Text =>
            $"The readings part before any merge: the reference reads {Quote(e.Expected)} where the text here has {Quote(e.Actual)}. "
            + "Normalization or vocabulary differ.",
        PartingCause.WordBorder =>
            $"The readings part before any merge: the reference's {Quote(e.Expected)} goes beyond the word {Quote(e.Word)}. "
            + "Another pre-tokenizer cut the text (tokenizer.ggml.pre, --pre).",
        PartingCause.WholeWord => $"The word {Quote(e.Word)} is a token, and this pre-tokenizer takes it without merging; the reference merges.",
        PartingCause.Vocabulary => $"Both read {Quote(e.Expected)}, with two ids: the vocabularies differ, or have the piece twice.",
        PartingCause.Merge => string.Create(
            CultureInfo.InvariantCulture,
            $"The readings part at merge {e.PartingMerge + 1}: {Quote(e.Word[e.Merges[e.PartingMerge].Start..e.Merges[e.PartingMerge].Middle])} + "
            + $"{Quote(e.Word[e.Merges[e.PartingMerge].Middle..e.Merges[e.PartingMerge].End])} ({e.MergeOrder} {e.Merges[e.PartingMerge].Order:G9}), "
            + $"which the reference keeps apart.{Rival(e)}"),
        _ => e.ReferenceMerge is { } pair
            ? $"The reference goes on where the merges here end: {Quote(e.Expected)} is one token there, and {Quote(pair.Left)} + {Quote(pair.Right)} does not "
                + $"merge here{(pair.Order is null ? ": there is no such merge" : "")}."
            : "The reference goes on where the merges here end.",
    };

    private static string Rival(PartingExplanation e) => e.ReferenceMerge is not { } pair
        ? " The merge is missing there, or another tokenizer made its ids."
        : string.Create(
            CultureInfo.InvariantCulture,
            $" It merges {Quote(pair.Left)} + {Quote(pair.Right)} before, "
            + $"{(pair.Order is double order ? $"{e.MergeOrder} {order:G9} here" : "which is no merge here")}.");

    private static string Quote(ReadOnlyMemory<byte> utf8) => Quote(Encoding.UTF8.GetString(utf8.Span));

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    private static string Shorten(string text) =>
        text.Length <= ShownText ? text : $"{text[..(char.IsHighSurrogate(text[ShownText - 1]) ? ShownText - 1 : ShownText)]}...";
}
