using Tessera.Numerics;

namespace Tessera.Quant.Q4K.Tests;

public sealed class Binary16Tests
{
    [Fact]
    public void Every_half_has_the_bits_that_the_runtimes_conversion_gives()
    {
        for (int bits = 0; bits <= ushort.MaxValue; bits++)
        {
            float expected = (float)BitConverter.UInt16BitsToHalf((ushort)bits);

            Assert.Equal(BitConverter.SingleToUInt32Bits(expected), BitConverter.SingleToUInt32Bits(Binary16.ToSingle((ushort)bits)));
        }
    }
}
