using Tessera.Generation;
using Tessera.Gguf;

namespace Tessera.Host.Tests.Generation;

public class FileSamplingTests
{
    private static readonly SamplingOptions Defaults = new();

    public static TheoryData<string, object, SamplingOptions> Served => new()
    {
        { "temp", 0f, Defaults with { Temperature = 0 } },
        { "temp", 0.6f, Defaults with { Temperature = 0.6f } },
        { "temp", 1u, Defaults with { Temperature = 1 } },
        { "temp", 0.25, Defaults with { Temperature = 0.25f } },
        { "temp", "0.25", Defaults with { Temperature = 0.25f } },
        { "top_k", 20, Defaults with { TopK = 20 } },
        { "top_k", 20f, Defaults with { TopK = 20 } },
        { "top_k", "20", Defaults with { TopK = 20 } },
        { "top_k", -1, Defaults with { TopK = -1 } },
        { "top_k", ulong.MaxValue, Defaults with { TopK = int.MaxValue } },
        { "top_p", 0.8f, Defaults with { TopP = 0.8f } },
        { "top_p", 5f, Defaults with { TopP = 1 } },
        { "top_p", -1f, Defaults with { TopP = 0 } },
        { "min_p", 0f, Defaults with { MinP = 0 } },
        { "min_p", 2, Defaults with { MinP = 1 } },
        { "penalty_last_n", 128, Defaults with { RepeatLastN = 128 } },
        { "penalty_last_n", -7, Defaults with { RepeatLastN = -1 } },
        { "penalty_repeat", 1.1f, Defaults with { RepeatPenalty = 1.1f } },
        { "mirostat", 0, Defaults },
        { "mirostat_tau", 5f, Defaults },
        { "xtc_probability", 0f, Defaults },
        { "xtc_threshold", 0.1f, Defaults },
        { "sequence", "", Defaults },
        { "sequence", "penalties;dry;top_n_sigma;top_k;typ_p;top_p;min_p;xtc;temperature", Defaults },
        { "sequence", "top-k;Nucleus;temp", Defaults with { MinP = 0 } },
        { "sequence", "penalties", Defaults with { TopK = 0, TopP = 1, MinP = 0, Temperature = 1 } },
    };

    public static TheoryData<string, object> NotServed => new()
    {
        { "temp", float.NaN },
        { "temp", "hot" },
        { "temp", true },
        { "top_p", double.PositiveInfinity },
        { "penalty_repeat", 0f },
        { "penalty_repeat", -1f },
        { "mirostat", 2 },
        { "xtc_probability", 0.5f },
        { "sequence", "temperature;top_k" },
        { "sequence", "top_k;adaptive_p" },
        { "sequence", 5 },
    };

    [Theory]
    [MemberData(nameof(Served))]
    public void What_a_file_asks_for_goes_before_the_defaults(string name, object value, SamplingOptions expected)
    {
        FileSampling sampling = FileSampling.Read(Metadata(name, value));

        Assert.Equal(expected, sampling.Options);
        Assert.Empty(sampling.Unserved);
    }

    [Theory]
    [MemberData(nameof(NotServed))]
    public void What_cannot_be_followed_is_told_and_the_default_holds(string name, object value)
    {
        FileSampling sampling = FileSampling.Read(Metadata(name, value));

        Assert.Equal(Defaults, sampling.Options);
        Assert.Equal([$"general.sampling.{name}"], sampling.Unserved);
    }

    private static IGgufMetadata Metadata(string name, object value)
    {
        var writer = new GgufWriter();
        string key = $"general.sampling.{name}";
        switch (value)
        {
            case string text: writer.Set(key, text); break;
            case bool truth: writer.Set(key, truth); break;
            case int number: writer.Set(key, number); break;
            case uint number: writer.Set(key, number); break;
            case ulong number: writer.Set(key, number); break;
            case float number: writer.Set(key, number); break;
            case double number: writer.Set(key, number); break;
            default: throw new ArgumentException($"no form for {value.GetType()}", nameof(value));
        }

        return GgufFile.Read(writer.ToArray(), "test.gguf").Metadata;
    }
}
