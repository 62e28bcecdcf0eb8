using Microsoft.Extensions.Logging;

namespace Tessera.Tokenization;

/// <summary>
/// Encodes prompts that a model is to go on from: with BOS as it asks, special tokens recognized, and without the EOS that some files ask for at the end
/// of texts, after which no model goes on. What makes a prompt worse than it was meant to be is a warning.
/// </summary>
internal sealed class GenerationPrompt(ITokenizer tokenizer, string source, ILogger logger)
{
    private static readonly Action<ILogger, string, Exception?> WarnTwoBos = LoggerMessage.Define<string>(
        LogLevel.Warning,
        new EventId(1, "TwoBos"),
        "{File}: the prompt begins with two BOS tokens, one that the model asks for and one that the text brings along. Leave it out of the text.");

    private static readonly Action<ILogger, string, Exception?> WarnEosLeftOut = LoggerMessage.Define<string>(
        LogLevel.Warning,
        new EventId(2, "EosLeftOut"),
        "{File} asks for EOS at the end of texts ('tokenizer.ggml.add_eos_token'). It is left out, because nothing would be said after it.");

    private static readonly Action<ILogger, string, Exception?> WarnEndsWithEos = LoggerMessage.Define<string>(
        LogLevel.Warning,
        new EventId(3, "EndsWithEos"),
        "{File}: the prompt ends with EOS, after which the model begins another text.");

    private readonly PromptEncoder _encoder = new(tokenizer);

    /// <summary>The prompt's ids.</summary>
    public IReadOnlyList<int> Encode(string text) => Finish(_encoder.Encode(text, addSpecial: true, parseSpecial: true));

    /// <summary>The ids of a prompt whose bytes are taken as they are.</summary>
    public IReadOnlyList<int> Encode(ReadOnlySpan<byte> text) => Finish(_encoder.Encode(text, addSpecial: true, parseSpecial: true));

    private List<int> Finish(List<int> ids)
    {
        SpecialTokens special = tokenizer.Vocabulary.Special;
        if (special.AddBos && ids is [_, var second, ..] && second == special.Bos)
        {
            WarnTwoBos(logger, source, null);
        }

        if (special.AddEos)
        {
            ids.RemoveAt(ids.Count - 1);
            WarnEosLeftOut(logger, source, null);
        }

        // A BOS that is EOS as well is all that some models know as the beginning.
        if (ids.Count > 1 && ids[^1] == special.Eos)
        {
            WarnEndsWithEos(logger, source, null);
        }

        return ids;
    }
}
