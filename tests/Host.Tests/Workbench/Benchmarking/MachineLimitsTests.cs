using Tessera.Numerics;
using Tessera.Runtime.Processor;
using Tessera.Runtime.Threads;
using Tessera.Workbench.Benchmarking;

namespace Tessera.Host.Tests.Workbench.Benchmarking;

public class MachineLimitsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Reading_makes_its_memory_resident_and_gives_a_rate(int threads)
    {
        using var pool = new WorkerPool(threads);
        using var limits = new MachineLimits(5L << 20);
        Assert.Equal(0, limits.ResidentBytes);

        double rate = limits.MeasureReadBandwidth(pool);

        Assert.True(double.IsFinite(rate) && rate > 0);
        Assert.Equal(4L << 20, limits.ResidentBytes);
    }

    [Theory]
    [InlineData(ActivationParts.Values, false)]
    [InlineData(ActivationParts.Q8, false)]
    [InlineData(ActivationParts.Q8, true)]
    public void The_loop_for_an_encoding_has_a_name_and_gives_a_rate(ActivationParts reads, bool assemble)
    {
        MultiplyAddLoop loop = MultiplyAddLoop.For(reads, assemble ? ProcessorFeatures.MachineCode : null);
        using var pool = new WorkerPool(2);

        double rate = MachineLimits.MeasureMultiplyAdds(pool, loop, TimeSpan.FromMilliseconds(1));

        Assert.True(double.IsFinite(rate) && rate > 0);
        Assert.NotEmpty(loop.Name);
    }

    [Fact]
    public void An_item_does_as_many_multiplications_as_it_says()
    {
        // 512 rounds over 64 vectors, each multiplied with four, of 64, 32 or 16 numbers.
        Assert.Contains(MultiplyAddLoop.For(ActivationParts.Q8, machineCode: null).MultiplyAddsPerItem, (long[])[8388608, 4194304, 2097152]);
    }
}
