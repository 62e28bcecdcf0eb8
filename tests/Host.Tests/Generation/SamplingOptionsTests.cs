using Tessera.Generation;

namespace Tessera.Host.Tests.Generation;

public class SamplingOptionsTests
{
    public static TheoryData<SamplingOptions, string> Wrong => new()
    {
        { new SamplingOptions { Temperature = float.NaN }, "The temperature must be a finite number, but is NaN." },
        { new SamplingOptions { Temperature = float.PositiveInfinity }, "The temperature must be a finite number, but is Infinity." },
        { new SamplingOptions { TopP = 1.5f }, "The top-p must be from 0 to 1, but is 1.5." },
        { new SamplingOptions { TopP = float.NaN }, "The top-p must be from 0 to 1, but is NaN." },
        { new SamplingOptions { MinP = -0.5f }, "The min-p must be from 0 to 1, but is -0.5." },
        { new SamplingOptions { TypicalP = 2 }, "The typical-p must be from 0 to 1, but is 2." },
        { new SamplingOptions { RepeatPenalty = 0 }, "The repeat penalty must be finite and greater than 0, but is 0." },
        { new SamplingOptions { RepeatPenalty = 1e-40f }, "The repeat penalty must be finite and greater than 0, but is 1E-40." },
        { new SamplingOptions { RepeatLastN = -2 }, "The repeat last n must be -1 or more, but is -2." },
        { new SamplingOptions { FrequencyPenalty = float.NaN }, "The frequency penalty must be a finite number, but is NaN." },
        { new SamplingOptions { PresencePenalty = float.NegativeInfinity }, "The presence penalty must be a finite number, but is -Infinity." },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_value_without_sense_is_named(SamplingOptions options, string message)
    {
        Assert.Equal(message, Assert.Throws<TesseraException>(() => new Sampler(options, 10)).Message);
    }

    [Fact]
    public void The_ends_of_the_ranges_are_valid()
    {
        new SamplingOptions { Temperature = -1, TopK = -1, TopP = 0, MinP = 1, TypicalP = 0, RepeatLastN = -1 }.Validate();
        new SamplingOptions { TopP = 1, MinP = 0, TypicalP = 1, FrequencyPenalty = -2, PresencePenalty = 2 }.Validate();
    }
}
