using Tessera.Gguf;
using static Tessera.Host.Tests.Gguf.GgufTestFiles;

namespace Tessera.Host.Tests.Gguf;

public class GgufBadTensorTests
{
    private const uint I8 = (uint)GgmlType.I8;
    private static readonly byte[] s_data = new byte[128];

    /// <summary>The first tensor's name is at 24, the number of its dimensions at 33, its first dimension at 37.</summary>
    private static byte[] OneTensor(params object[] afterName) => RawFile(1, 0, ["t", .. afterName, s_data]);

    [Fact]
    public void A_name_longer_than_the_file_is_refused() =>
        Refuses(RawFile(1, 0, 1UL << 60, s_data), "tensor 0", 24, $"string length {1UL << 60}");

    [Fact]
    public void A_name_that_appears_twice_is_refused() =>
        Refuses(RawFile(2, 0, "t", 1u, 1UL, I8, 0UL, "t", 1u, 1UL, I8, 32UL, s_data), "tensor 't'", 57, "appears twice");

    [Theory]
    [InlineData(5u)]
    [InlineData(uint.MaxValue)]
    public void Too_many_dimensions_are_refused(uint dimensions) => Refuses(OneTensor(dimensions), "tensor 't'", 33, $"{dimensions} dimensions");

    [Fact]
    public void A_dimension_of_0_is_refused() => Refuses(OneTensor(2u, 4UL, 0UL, I8, 0UL), "tensor 't'", 45, "dimension 1 is 0");

    [Theory]
    [InlineData(1UL << 63, 1UL, 37)]
    [InlineData(ulong.MaxValue, 1UL, 37)]
    [InlineData(1UL << 32, 1UL << 31, 45)]
    [InlineData(3UL, long.MaxValue, 45)]
    public void Dimensions_that_overflow_are_refused(ulong first, ulong second, long offset) =>
        Refuses(OneTensor(2u, first, second, I8, 0UL), "tensor 't'", offset, "the product of the dimensions overflows");

    [Fact]
    public void Dimensions_whose_bytes_overflow_are_refused() =>
        Refuses(OneTensor(1u, (ulong)long.MaxValue, (uint)GgmlType.F32, 0UL), "tensor 't'", 24, "its size overflows");

    [Fact]
    public void Rows_that_are_no_whole_blocks_are_refused() =>
        Refuses(OneTensor(2u, 48UL, 2UL, (uint)GgmlType.Q8_0, 0UL), "tensor 't'", 24, "rows of 48 values are not whole blocks of 32");

    [Fact]
    public void Data_that_begins_off_the_alignment_is_refused() =>
        Refuses(OneTensor(1u, 1UL, I8, 33UL), "tensor 't'", 24, "its data offset 33 is not a multiple of the alignment 32");

    [Theory]
    [InlineData(128UL, "begins at 192,")]
    [InlineData(1UL << 62, "begins at 4611686018427387968,")]
    [InlineData(0xFFFFFFFFFFFFFFE0UL, "begins at 18446744073709551648,")]
    public void Data_that_begins_beyond_the_end_is_refused(ulong offset, string problem) =>
        Refuses(OneTensor(1u, 1UL, I8, offset), "tensor 't'", 24, problem);

    [Fact]
    public void Data_that_reaches_beyond_the_end_is_refused() =>
        Refuses(OneTensor(1u, 122UL, I8, 0UL), "tensor 't'", 24, "its 122 bytes at 64 reach beyond the end of the file at 185");

    [Fact]
    public void Data_that_ends_with_the_file_is_accepted()
    {
        using GgufFile file = GgufFile.Read(OneTensor(1u, 121UL, I8, 0UL), Name);

        file.CheckTensors(GeometryOf);

        Assert.Equal(64, file.DataStart);
    }

    [Fact]
    public void Tensors_without_any_data_are_refused() =>
        Refuses(RawFile(1, 0, "t", 1u, 1UL, I8, 0UL), "tensor 't'", 24, "beyond the end of the file at 57");

    [Fact]
    public void Overlapping_tensors_are_refused_in_whatever_order_they_stand() =>
        Refuses(
            RawFile(3, 0, "a", 1u, 4UL, I8, 64UL, "b", 1u, 33UL, I8, 0UL, "c", 1u, 4UL, I8, 32UL, s_data),
            "tensor 'c'",
            90,
            "its data at 160 overlaps that of tensor 'b', which ends at 161");

    [Fact]
    public void Two_tensors_of_unknown_format_at_one_place_are_refused() =>
        Refuses(
            RawFile(2, 0, "a", 1u, 4UL, 4711u, 32UL, "b", 1u, 4UL, 4711u, 32UL, s_data),
            "tensor 'b'",
            57,
            "overlaps that of tensor 'a'");

    [Fact]
    public void Tensors_may_stand_in_another_order_than_their_data()
    {
        byte[] bytes = RawFile(2, 0, "a", 1u, 4UL, I8, 32UL, "b", 1u, 32UL, I8, 0UL, s_data);
        using GgufFile file = GgufFile.Read(bytes, Name);

        file.CheckTensors(GeometryOf);

        Assert.Equal([128L, 96L], file.Tensors.Select(t => t.Offset));
    }

    [Fact]
    public void An_alignment_near_the_end_of_32_bits_does_not_overflow() =>
        Refuses(
            RawFile(1, 1, "general.alignment", 4u, 1u << 31, "t", 1u, 1UL, I8, 0UL, s_data),
            "tensor 't'",
            57,
            $"its data begins at {1L << 31}, beyond the end");

    [Fact]
    public void Two_gibibytes_are_a_possible_alignment_of_a_file_without_tensors()
    {
        using GgufFile file = GgufFile.Read(RawFile(0, 1, "general.alignment", 4u, 1u << 31), Name);

        Assert.Equal(1L << 31, file.DataStart);
    }
}
