using Tessera.Conformance.Quantization;
using Tessera.Kernels;
using Tessera.Numerics;
using Tessera.Quantization;
using Tessera.Runtime.Processor;

namespace Tessera.Quant.Float.Tests;

/// <summary>Assembled code has the bits of the intrinsics' kernel, for every tile.</summary>
public sealed unsafe class F16EmittedKernelTests
{
    private const int Rows = 41;

    private readonly F16Format _format = new();

    public static TheoryData<int, int> Shapes => new(from tokens in Enumerable.Range(1, 19) from groups in (int[])[1, 2, 5] select (tokens, groups));

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Tiles_of_every_shape_agree_to_the_bit(int tokens, int groups)
    {
        Require();
        int columns = groups * F16TileAssembler.GroupColumns;
        AssertSameBits(TestBlocks.Random(_format, Rows * columns, seed: tokens), columns, tokens);
    }

    /// <summary>Subnormal numbers, infinities and NaNs among them, 64 neighbours to a row.</summary>
    [Fact]
    public void Every_half_is_widened_as_the_definition_says()
    {
        Require();
        const int Columns = F16TileAssembler.GroupColumns;
        byte[] halves = [.. Enumerable.Range(0, 1 << 16).SelectMany(bits => BitConverter.GetBytes((ushort)bits))];
        for (int first = 0; first < halves.Length; first += Rows * Columns * sizeof(ushort))
        {
            byte[] blocks = [.. halves.Skip(first).Take(Rows * Columns * sizeof(ushort))];
            Array.Resize(ref blocks, Rows * Columns * sizeof(ushort));
            AssertSameBits(blocks, Columns, tokens: 3);
        }
    }

    /// <summary>The code for Windows needs no more than its argument in rcx, and leaves other systems their registers too.</summary>
    [Fact]
    public void Code_for_Windows_computes_the_same()
    {
        Require();
        IMachineCode machine = ProcessorFeatures.MachineCode!;
        Assert.SkipWhen(machine.UsesWindowsConvention, "compares with what other systems run");
        ReadOnlySpan<byte> moveRdiToRcx = [0x48, 0x89, 0xF9];
        using ISealedCode own = machine.Seal(F16TileAssembler.Assemble(F16TileAssembler.MaxTokens, windows: false))!;
        using ISealedCode windows = machine.Seal([.. moveRdiToRcx, .. F16TileAssembler.Assemble(F16TileAssembler.MaxTokens, windows: true)])!;

        Assert.Equal(Run(own), Run(windows));
    }

    [Theory]
    [InlineData(2048, true)]
    [InlineData(2112, true)]
    [InlineData(2080, false)]
    public void Only_matrices_of_whole_groups_are_served(int columns, bool expected)
    {
        Require();
        var source = new WeightSource { Name = "blk.0.attn_q.weight", Rows = 16, Columns = columns, Data = null, RowBytes = columns * sizeof(ushort) };

        Assert.Equal(expected, F16EmittedKernel.Serves(source, new KernelOptions(SimdLevel.Avx512, MachineCode: ProcessorFeatures.MachineCode)));
        Assert.False(F16EmittedKernel.Serves(source, new KernelOptions(SimdLevel.Avx512)));
    }

    private void AssertSameBits(byte[] blocks, int columns, int tokens)
    {
        using var matrix = new TestMatrix(_format, blocks, Rows, columns);
        var random = new Random(tokens);
        using TestActivations x = TestActivations.Encode([.. Enumerable.Range(0, tokens * columns).Select(_ => (random.NextSingle() * 2) - 1)], tokens);
        using var expected = new PackedMatrix(matrix.Source, _format.Block, FloatPanelKernel.For<F16Element>(SimdLevel.Avx512));
        using var actual = new PackedMatrix(matrix.Source, _format.Block, F16EmittedKernel.Kernel);

        Assert.Equal(Multiply(expected, x.Batch), Multiply(actual, x.Batch));
    }

    private static float[] Run(ISealedCode code)
    {
        const int Columns = 2 * F16TileAssembler.GroupColumns;
        Half[] panel = [.. Enumerable.Range(0, FloatPanel.Rows * Columns).Select(i => (Half)MathF.Sin(i))];
        float[] x = [.. Enumerable.Range(0, F16TileAssembler.MaxTokens * Columns).Select(i => MathF.Cos(i))];
        var y = new float[F16TileAssembler.MaxTokens * FloatPanel.Rows];
        fixed (Half* weights = panel)
        fixed (float* values = x, results = y)
        {
            var arguments = new F16TileArguments
            {
                Panel = (byte*)weights,
                Values = values,
                ValueStride = Columns * sizeof(float),
                Groups = 2,
                Output = results,
                OutputStride = FloatPanel.Rows * sizeof(float),
            };
            ((delegate* unmanaged<F16TileArguments*, void>)code.Address)(&arguments);
        }

        return y;
    }

    private static float[] Multiply(PackedMatrix matrix, in ActivationBatch x)
    {
        var results = new float[x.Tokens * Rows];
        fixed (float* values = results)
        {
            matrix.Multiply(x, new OutputTile { Values = values, Stride = Rows, FirstRow = 0, RowCount = Rows });
        }

        return results;
    }

    private static void Require() => Assert.SkipUnless(
        ProcessorFeatures.MachineCode is IMachineCode code && F16EmittedKernel.Prepare(code),
        "the processor has no AVX-512, it is switched off, or the system refuses executable memory");
}
