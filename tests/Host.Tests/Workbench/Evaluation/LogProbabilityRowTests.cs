using Tessera.Workbench.Evaluation;

namespace Tessera.Host.Tests.Workbench.Evaluation;

public class LogProbabilityRowTests
{
    [Theory]
    [InlineData(5)]
    [InlineData(256)]
    public void What_is_read_is_what_was_written_to_half_a_step_of_16_bits(int vocabulary)
    {
        var random = new Random(1);
        float[] logits = [.. Enumerable.Range(0, vocabulary).Select(_ => 10 * random.NextSingle())];
        var distribution = new TokenDistribution(logits);
        var words = new ushort[LogProbabilityRow.LengthFor(vocabulary)];

        LogProbabilityRow.Write(logits, distribution, words);

        var row = new LogProbabilityRow(words);
        double step = (logits.Max() - logits.Min()) / ushort.MaxValue;
        for (int id = 0; id < vocabulary; id++)
        {
            Assert.Equal(logits[id] - distribution.LogOfSum, row[id], 0.51 * step + 1e-6);
        }
    }

    [Fact]
    public void What_lies_16_below_the_best_is_told_apart_no_more()
    {
        float[] logits = [20, 4, 3.9f, -100];
        var words = new ushort[LogProbabilityRow.LengthFor(4)];

        LogProbabilityRow.Write(logits, new TokenDistribution(logits), words);

        var row = new LogProbabilityRow(words);
        Assert.Equal(row[1], row[2]);
        Assert.Equal(row[1], row[3]);
        Assert.Equal(-16, row[3], 1e-3);
    }

    [Fact]
    public void Equal_logits_need_no_steps()
    {
        float[] logits = [3, 3, 3, 3];
        var words = new ushort[LogProbabilityRow.LengthFor(4)];

        LogProbabilityRow.Write(logits, new TokenDistribution(logits), words);

        Assert.Equal(-Math.Log(4), new LogProbabilityRow(words)[2], 1e-6);
    }

    [Fact]
    public void A_vocabulary_of_odd_length_is_padded_as_in_llama_perplexity() =>
        Assert.Equal([4 + 4, 4 + 6], new[] { LogProbabilityRow.LengthFor(4), LogProbabilityRow.LengthFor(5) });
}
