using System.Globalization;
using Tessera.Architectures;
using Tessera.Gguf;

namespace Tessera.Architecture.Llama;

/// <summary>
/// The rotary frequencies of a model, <c>base^(-2i/n)</c>, stretched as <c>llama.rope.scaling.*</c> and <c>rope_freqs.weight</c> say.
/// </summary>
internal static class RopeScaling
{
    private const float DefaultBase = 10_000f;
    private const float DefaultBetaFast = 32f;
    private const float DefaultBetaSlow = 1f;

    /// <summary>Reads the rotary embedding.</summary>
    /// <param name="builder">The model.</param>
    /// <param name="rotated">Values per head that turn (n).</param>
    /// <param name="contextLength">Positions that the model was trained for.</param>
    /// <exception cref="GgufException">The scaling is not known here, or the frequencies are no finite numbers.</exception>
    public static RotaryEmbedding Read(IModelBuilder builder, int rotated, int contextLength)
    {
        IGgufMetadata metadata = builder.Metadata;
        float frequencyBase = Finite(metadata, "llama.rope.freq_base", DefaultBase);
        float[] frequencies = [.. Enumerable.Range(0, rotated / 2).Select(i => (float)Math.Pow(frequencyBase, -2.0 * i / rotated))];
        if (builder.Has("rope_freqs.weight"))
        {
            // Llama 3.1: each pair's frequency is divided by a factor of its own.
            float[] factors = builder.Values("rope_freqs.weight", rotated / 2);
            for (int i = 0; i < frequencies.Length; i++)
            {
                frequencies[i] /= factors[i];
            }
        }

        float factor = Finite(metadata, "llama.rope.scaling.factor", Finite(metadata, "llama.rope.scale_linear", 1f));
        factor = factor == 0 ? 1 : factor;
        float magnitude = Finite(metadata, "llama.rope.scaling.attn_factor", 1f);
        string scaling = metadata.GetString("llama.rope.scaling.type", "linear")!;
        switch (scaling)
        {
            case "none":
                break;
            case "longrope" when builder.Has("rope_factors_long.weight") || builder.Has("rope_factors_short.weight"):
                const string factors = "the factors of longrope (rope_factors_long, rope_factors_short) are not served by this architecture";
                throw Error(metadata, "llama.rope.scaling.type", factors);
            case "linear" or "longrope":
                frequencies = Array.ConvertAll(frequencies, f => f / factor);
                break;
            case "yarn":
                long original = metadata.GetInt64("llama.rope.scaling.original_context_length", 0);
                original = original == 0 ? contextLength : original;
                frequencies = Yarn(metadata, frequencies, frequencyBase, factor, original);
                magnitude *= YarnMagnitude(metadata, factor);
                break;
            default:
                throw Error(metadata, "llama.rope.scaling.type", $"'{scaling}' is not known to this architecture; it knows none, linear, yarn and longrope");
        }

        if (!frequencies.All(float.IsFinite) || !float.IsFinite(magnitude))
        {
            throw Error(metadata, "llama.rope.freq_base", "with the scaling that the file asks for, positions would turn by no finite angles");
        }

        return new RotaryEmbedding(frequencies, RotaryPairing.Adjacent, magnitude);
    }

    /// <summary>
    /// YaRN (Peng et al. 2023): pairs that turn fast keep their frequency, pairs that turn slowly are interpolated, and a ramp lies between the two.
    /// The ramp's ends are the pairs that make <c>beta</c> turns within the original context.
    /// </summary>
    private static float[] Yarn(IGgufMetadata metadata, float[] frequencies, float frequencyBase, float factor, long originalContext)
    {
        int rotated = frequencies.Length * 2;
        double PairOf(float turns) => rotated * Math.Log(originalContext / (turns * 2 * Math.PI)) / (2 * Math.Log(frequencyBase));
        double low = Math.Max(0, Math.Floor(PairOf(metadata.GetSingle("llama.rope.scaling.yarn_beta_fast", DefaultBetaFast))));
        double high = Math.Min(rotated - 1, Math.Ceiling(PairOf(metadata.GetSingle("llama.rope.scaling.yarn_beta_slow", DefaultBetaSlow))));
        float extrapolation = Extrapolation(metadata);
        var mixed = new float[frequencies.Length];
        for (int i = 0; i < mixed.Length; i++)
        {
            double ramp = Math.Clamp((i - low) / Math.Max(0.001, high - low), 0, 1);
            double keep = (1 - ramp) * extrapolation;
            mixed[i] = (float)((frequencies[i] / factor * (1 - keep)) + (frequencies[i] * keep));
        }

        return mixed;
    }

    private static float Finite(IGgufMetadata metadata, string key, float defaultValue)
    {
        float number = metadata.GetSingle(key, defaultValue);
        return float.IsFinite(number) ? number : throw Error(metadata, key, $"{number.ToString(CultureInfo.InvariantCulture)} is no finite number");
    }

    private static GgufException Error(IGgufMetadata metadata, string key, string problem) =>
        new(metadata.Source, $"key '{key}'", metadata.TryGetValue(key, out GgufValue? value) ? value.Offset : -1, problem);

    /// <summary>How much of the fast pairs' frequency stays; a negative number in the file is none at all.</summary>
    private static float Extrapolation(IGgufMetadata metadata) =>
        metadata.GetSingle("llama.rope.scaling.yarn_ext_factor", -1f) is >= 0 and float factor ? factor : 1f;

    private static float YarnMagnitude(IGgufMetadata metadata, float factor)
    {
        if (factor <= 1 || Extrapolation(metadata) == 0)
        {
            return 1;
        }

        float logMultiplier = metadata.GetSingle("llama.rope.scaling.yarn_log_multiplier", 0f);
        float logFactor = 0.1f * MathF.Log(factor);
        return (1 + logFactor) / (1 + (logMultiplier * logFactor));
    }
}
