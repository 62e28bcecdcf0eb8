using Tessera.Workbench.Evaluation;

namespace Tessera.Host.Tests.Workbench.Evaluation;

public class RunningMeanTests
{
    [Fact]
    public void The_mean_and_its_standard_error()
    {
        var mean = new RunningMean();
        foreach (double value in new[] { 1.0, 2, 3, 6 })
        {
            mean.Add(value);
        }

        // The variance is 12.5 - 9 = 3.5.
        Assert.Equal((4, 3.0), (mean.Count, mean.Mean));
        Assert.Equal(Math.Sqrt(3.5 / 3), mean.Error, 1e-12);
    }

    [Fact]
    public void One_value_says_nothing_of_its_error()
    {
        var mean = new RunningMean();
        mean.Add(5);

        Assert.Equal((5, 0), (mean.Mean, mean.Error));
    }
}
