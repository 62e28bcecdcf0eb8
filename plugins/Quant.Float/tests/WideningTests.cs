using System.Runtime.Intrinsics;
using Tessera.Conformance.Quantization;
using Tessera.Numerics;

namespace Tessera.Quant.Float.Tests;

/// <summary>All bit patterns of 16 bits, at every vector width.</summary>
public sealed unsafe class WideningTests
{
    private const int Patterns = 1 << 16;

    [Theory, SimdLevels]
    public void Every_binary16_widens_to_what_it_is(SimdLevel level) =>
        AssertWidens<F16Element>(level, pattern => (float)BitConverter.UInt16BitsToHalf(pattern));

    [Theory, SimdLevels]
    public void Every_bfloat16_widens_to_what_it_is(SimdLevel level) =>
        AssertWidens<BF16Element>(level, pattern => BitConverter.UInt32BitsToSingle((uint)pattern << 16));

    [Fact]
    public void Every_bit_of_a_binary32_is_kept()
    {
        uint[] bits = [0, 0x8000_0000, 1, 0x807F_FFFF, 0x7F80_0000, 0xFF80_0000, 0x7FC0_0001, 0x3F80_0001, 0x4049_0FDB];
        var values = new float[bits.Length];

        new F32Format().Dequantize(bits.SelectMany(BitConverter.GetBytes).ToArray(), values);

        Assert.Equal(bits, values.Select(BitConverter.SingleToUInt32Bits));
    }

    [Fact]
    public void Whole_rows_widen_as_each_weight_alone()
    {
        byte[] row = [.. Enumerable.Range(0, Patterns).SelectMany(p => BitConverter.GetBytes((ushort)p))];
        var values = new float[Patterns];

        new F16Format().Dequantize(row, values);

        for (int i = 0; i < Patterns; i++)
        {
            AssertSame(Binary16.ToSingle((ushort)i), values[i], i);
        }
    }

    private static void AssertWidens<TElement>(SimdLevel level, Func<ushort, float> expected)
        where TElement : struct, IElement
    {
        SimdSupport.Require(level);
        var patterns = new ushort[Patterns];
        var values = new float[Patterns];
        for (int i = 0; i < Patterns; i++)
        {
            patterns[i] = (ushort)i;
        }

        fixed (ushort* source = patterns)
        fixed (float* target = values)
        {
            Widen<TElement>(level, (byte*)source, target);
        }

        for (int i = 0; i < Patterns; i++)
        {
            AssertSame(expected((ushort)i), values[i], i);
        }
    }

    private static void Widen<TElement>(SimdLevel level, byte* source, float* target)
        where TElement : struct, IElement
    {
        int step = level switch { SimdLevel.Scalar => 1, SimdLevel.Vector128 => 4, SimdLevel.Avx2 => 8, _ => 16 };
        for (int i = 0; i < Patterns; i += step, source += step * TElement.Bytes, target += step)
        {
            switch (level)
            {
                case SimdLevel.Scalar:
                    *target = TElement.Widen(source);
                    break;
                case SimdLevel.Vector128:
                    TElement.Widen128(source).Store(target);
                    break;
                case SimdLevel.Avx2:
                    TElement.Widen256(source).Store(target);
                    break;
                default:
                    TElement.Widen512(source).Store(target);
                    break;
            }
        }
    }

    /// <summary>The same bits; a signalling NaN may have become quiet.</summary>
    private static void AssertSame(float expected, float actual, int pattern)
    {
        const uint Quiet = 0x0040_0000;
        uint nan = float.IsNaN(expected) ? Quiet : 0;
        Assert.True(
            (BitConverter.SingleToUInt32Bits(expected) | nan) == (BitConverter.SingleToUInt32Bits(actual) | nan),
            $"0x{pattern:X4}: expected {expected:R}, got {actual:R}");
    }
}
