using System.Globalization;
using Tessera.Gguf;

namespace Tessera.Generation;

/// <summary>How a file wants its model's tokens chosen: its keys <c>general.sampling.*</c>, read as llama.cpp reads them, as numbers of any type or texts of numbers.</summary>
/// <param name="Options">What the file asks for, over the defaults.</param>
/// <param name="Unserved">The keys that ask for what no sampler here does, or for nothing that makes sense.</param>
internal sealed record FileSampling(SamplingOptions Options, IReadOnlyList<string> Unserved)
{
    private const string SequenceKey = "general.sampling.sequence";

    // The steps in their order here, by llama.cpp's names without separators, and what is left of the options without each.
    private static readonly (string Name, Func<SamplingOptions, SamplingOptions> Without)[] s_steps =
    [
        ("penalties", options => options with { RepeatPenalty = 1, FrequencyPenalty = 0, PresencePenalty = 0 }),
        ("topk", options => options with { TopK = 0 }),
        ("typp", options => options with { TypicalP = 1 }),
        ("topp", options => options with { TopP = 1 }),
        ("minp", options => options with { MinP = 0 }),
        ("temperature", options => options with { Temperature = 1 }),
    ];

    // Steps that nothing in a file's metadata switches on; the last one has keys of its own.
    private static readonly string[] s_idleSteps = ["dry", "topnsigma", "xtc"];

    public static FileSampling Read(IGgufMetadata metadata)
    {
        var unserved = new List<string>();
        float Number(string name, float defaultValue, Func<float, bool> makesSense)
        {
            string key = $"general.sampling.{name}";
            if (!metadata.TryGetValue(key, out GgufValue? value))
            {
                return defaultValue;
            }

            if (AsNumber(value) is { } number && makesSense(number))
            {
                return number;
            }

            unserved.Add(key);
            return defaultValue;
        }

        var defaults = new SamplingOptions();
        var options = new SamplingOptions
        {
            Temperature = Number("temp", defaults.Temperature, float.IsFinite),
            TopK = Whole(Number("top_k", defaults.TopK, float.IsFinite)),
            TopP = Math.Clamp(Number("top_p", defaults.TopP, float.IsFinite), 0, 1),
            MinP = Math.Clamp(Number("min_p", defaults.MinP, float.IsFinite), 0, 1),
            RepeatLastN = Math.Max(-1, Whole(Number("penalty_last_n", defaults.RepeatLastN, float.IsFinite))),
            RepeatPenalty = Number("penalty_repeat", defaults.RepeatPenalty, SamplingOptions.IsRepeatPenalty),
        };
        Number("mirostat", 0, version => version == 0);
        Number("xtc_probability", 0, probability => probability <= 0);
        if (metadata.TryGetValue(SequenceKey, out GgufValue? sequence) && (sequence.Type != GgufValueType.String || !TryFollow(sequence.AsString(), ref options)))
        {
            unserved.Add(SequenceKey);
        }

        return new FileSampling(options, unserved);
    }

    /// <summary>Takes the steps away that a sequence leaves out. A sequence of other steps or in another order cannot be followed.</summary>
    private static bool TryFollow(string sequence, ref SamplingOptions options)
    {
        if (sequence.Length == 0)
        {
            return true;
        }

        int[] steps = [.. sequence.Split(';').Select(NameOf).Except(s_idleSteps).Select(name => Array.FindIndex(s_steps, step => step.Name == name))];
        if (steps.Contains(-1) || !steps.SequenceEqual(steps.Order()))
        {
            return false;
        }

        for (int step = 0; step < s_steps.Length; step++)
        {
            options = steps.Contains(step) ? options : s_steps[step].Without(options);
        }

        return true;
    }

    private static string NameOf(string step) =>
        step.Trim().ToLowerInvariant().Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal) switch
        {
            "nucleus" => "topp",
            "temp" => "temperature",
            "typ" => "typp",
            var name => name,
        };

    private static float? AsNumber(GgufValue value) =>
        value.IsNumber ? (float)value.AsFloat()
        : value.Type == GgufValueType.String && float.TryParse(value.AsString(), NumberStyles.Float, CultureInfo.InvariantCulture, out float number) ? number
        : null;

    private static int Whole(float number) => (int)Math.Clamp((double)number, int.MinValue, int.MaxValue);
}
