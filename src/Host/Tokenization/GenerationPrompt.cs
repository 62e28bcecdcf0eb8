using Microsoft.Extensions.Logging;

namespace Tessera.Tokenization;

/// <summary>
/// Encodes prompts that a model is to go on from: with BOS as it asks, special tokens recognized, and without the EOS that some files ask for at the end
/// of texts, after which no model goes on. What makes a prompt worse than it was meant to be is a warning.
/// </summary>
internal sealed class GenerationPrompt(PromptEncoder encoder, SpecialTokens special, string source, ILogger logger)
{
    /// <summary>The prompt's ids.</summary>
    public IReadOnlyList<int> Encode(string text) => Finish(encoder.Encode(text, addSpecial: true, parseSpecial: true));

    /// <summary>The ids of a prompt whose bytes are taken as they are.</summary>
    public IReadOnlyList<int> Encode(ReadOnlySpan<byte> text) => Finish(encoder.Encode(text, addSpecial: true, parseSpecial: true));

    /// <summary>The ids of a prompt in parts.</summary>
    public IReadOnlyList<int> Encode(ReadOnlySpan<PromptPart> parts) => Finish(encoder.Encode(parts, addSpecial: true));

    private List<int> Finish(List<int> ids)
    {
        if (special.AddBos && ids is [_, var second, ..] && second == special.Bos)
        {
            PromptEvents.TwoBos(logger, source);
        }

        if (special.AddEos)
        {
            ids.RemoveAt(ids.Count - 1);
            PromptEvents.EosLeftOut(logger, source);
        }

        // A BOS that is EOS as well is all that some models know as the beginning.
        if (ids.Count > 1 && ids[^1] == special.Eos)
        {
            PromptEvents.EndsWithEos(logger, source);
        }

        return ids;
    }
}
