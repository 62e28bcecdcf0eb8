using System.Globalization;

namespace Tessera.Generation;

/// <summary>
/// How the next token is chosen from a model's logits. The defaults are llama.cpp's, and so is the order of the steps: penalties, top-k,
/// typical-p, top-p, min-p, temperature, and then a draw.
/// </summary>
public sealed record SamplingOptions
{
    /// <summary>
    /// Divides the logits: below 1 the likely tokens become likelier, above 1 less so. 0 or less chooses the likeliest token always, and of
    /// equally likely ones the lowest id.
    /// </summary>
    public float Temperature { get; init; } = 0.8f;

    /// <summary>How many of the likeliest tokens stay. 0 or less: all.</summary>
    public int TopK { get; init; } = 40;

    /// <summary>The likeliest tokens stay until their probabilities sum up to this. 1: all.</summary>
    public float TopP { get; init; } = 0.95f;

    /// <summary>Tokens stay whose probability is at least this fraction of the likeliest one's. 0: all.</summary>
    public float MinP { get; init; } = 0.05f;

    /// <summary>
    /// The tokens stay whose surprise is nearest to the expected one, until their probabilities sum up to more than this (locally typical
    /// sampling, Meister et al. 2022). 1: all. This step alone may drop the likeliest token, with <see cref="Temperature"/> 0 too.
    /// </summary>
    public float TypicalP { get; init; } = 1.0f;

    /// <summary>Divides the positive and multiplies the other logits of tokens that occurred. 1: off.</summary>
    public float RepeatPenalty { get; init; } = 1.0f;

    /// <summary>How many of the last tokens, the prompt's included, the three penalties look at. 0: none; -1: all.</summary>
    public int RepeatLastN { get; init; } = 64;

    /// <summary>Subtracted from a token's logit once for each time it occurred. 0: off.</summary>
    public float FrequencyPenalty { get; init; }

    /// <summary>Subtracted from the logit of a token that occurred. 0: off.</summary>
    public float PresencePenalty { get; init; }

    /// <summary>Makes a run repeatable. Null: a random one, which <see cref="Sampler.Seed"/> tells.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Checks the values.</summary>
    /// <exception cref="TesseraException">A value makes no sense; the message names it.</exception>
    public void Validate()
    {
        Require(float.IsFinite(Temperature), "temperature", "a finite number", Temperature);
        Require(TopP is >= 0 and <= 1, "top-p", "from 0 to 1", TopP);
        Require(MinP is >= 0 and <= 1, "min-p", "from 0 to 1", MinP);
        Require(TypicalP is >= 0 and <= 1, "typical-p", "from 0 to 1", TypicalP);
        Require(IsRepeatPenalty(RepeatPenalty), "repeat penalty", "finite and greater than 0", RepeatPenalty);
        Require(RepeatLastN >= -1, "repeat last n", "-1 or more", RepeatLastN);
        Require(float.IsFinite(FrequencyPenalty), "frequency penalty", "a finite number", FrequencyPenalty);
        Require(float.IsFinite(PresencePenalty), "presence penalty", "a finite number", PresencePenalty);
    }

    internal static bool IsRepeatPenalty(float value) => value > 0 && float.IsFinite(value) && float.IsFinite(1 / value);

    private static void Require(bool holds, string name, string range, float value)
    {
        if (!holds)
        {
            throw new TesseraException(string.Create(CultureInfo.InvariantCulture, $"The {name} must be {range}, but is {value}."));
        }
    }
}
