using Tessera.Generation;

namespace Tessera.Host.Tests.Generation;

public class Xoshiro256Tests
{
    [Fact]
    public void It_gives_the_published_sequence()
    {
        var random = new Xoshiro256(1, 2, 3, 4);

        ulong[] expected = [11520, 0, 1509978240, 1215971899390074240, 1216172134540287360, 607988272756665600];
        Assert.Equal(expected, Enumerable.Range(0, expected.Length).Select(_ => random.NextUInt64()).ToArray());
    }

    [Fact]
    public void The_seed_expander_gives_the_published_sequence()
    {
        ulong state = 1234567;

        Assert.Equal(6457827717110365317UL, Xoshiro256.SplitMix64(ref state));
        Assert.Equal(3203168211198807973UL, Xoshiro256.SplitMix64(ref state));
        Assert.Equal(9817491932198370423UL, Xoshiro256.SplitMix64(ref state));
    }

    [Fact]
    public void Doubles_are_at_least_zero_and_below_one()
    {
        var random = new Xoshiro256(7);
        double sum = 0;
        for (int i = 0; i < 10_000; i++)
        {
            double value = random.NextDouble();
            Assert.InRange(value, 0, Math.BitDecrement(1.0));
            sum += value;
        }

        Assert.Equal(0.5, sum / 10_000, 0.02);
    }

    [Fact]
    public void The_largest_number_is_still_below_one()
    {
        // With this state the first output, rotl(s1 * 5, 7) * 9, has all bits set.
        ulong s1 = unchecked(System.Numerics.BitOperations.RotateRight(ulong.MaxValue * 0x8E38E38E38E38E39, 7) * 0xCCCCCCCCCCCCCCCD);
        var random = new Xoshiro256(0, s1, 0, 0);

        Assert.Equal(Math.BitDecrement(1.0), random.NextDouble());
    }
}
