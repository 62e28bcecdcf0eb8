using Microsoft.Extensions.Logging;

namespace Tessera.Tokenization;

/// <summary>What is logged of prompts, in the category <c>Tessera.Prompts</c>.</summary>
internal static partial class PromptEvents
{
    [LoggerMessage(300, LogLevel.Warning,
        "{File}: the prompt begins with two BOS tokens, one that the model asks for and one that the text brings along. Leave it out of the text.")]
    public static partial void TwoBos(ILogger logger, string file);

    [LoggerMessage(301, LogLevel.Warning,
        "{File} asks for EOS at the end of texts ('tokenizer.ggml.add_eos_token'). It is left out, because nothing would be said after it.")]
    public static partial void EosLeftOut(ILogger logger, string file);

    [LoggerMessage(302, LogLevel.Warning, "{File}: the prompt ends with EOS, after which the model begins another text.")]
    public static partial void EndsWithEos(ILogger logger, string file);
}
