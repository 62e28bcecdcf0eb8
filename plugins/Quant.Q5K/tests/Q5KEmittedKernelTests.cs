using Tessera.Compute;
using Tessera.Conformance.Quantization;
using Tessera.Gguf;
using Tessera.Numerics;
using Tessera.Quantization;

namespace Tessera.Quant.Q5K.Tests;

/// <summary>Assembled code has the bits of the intrinsics' kernel, for every tile.</summary>
public sealed unsafe class Q5KEmittedKernelTests
{
    private const int Rows = 41;

    private readonly Q5KFormat _format = new();

    public static TheoryData<int, int> Shapes => new(from tokens in Enumerable.Range(1, 19) from blocks in (int[])[1, 2, 5] select (tokens, blocks));

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Tiles_of_every_shape_agree_to_the_bit(int tokens, int blocks)
    {
        Require();
        using var matrix = new TestMatrix(_format, TestBlocks.Random(_format, Rows * blocks, seed: tokens), Rows, blocks * Q5KBlock.Elements);
        using TestActivations activations = Activations(tokens, blocks * Q5KBlock.Elements);
        using var expected = new PackedMatrix(matrix.Source, _format.Block, ActivationEncoding.Q8, Q5KPanelKernel.For(SimdLevel.Avx512));
        using var actual = new PackedMatrix(matrix.Source, _format.Block, ActivationEncoding.Q8, Q5KEmittedKernel.Kernel);

        Assert.Equal(Multiply(expected, activations.Batch), Multiply(actual, activations.Batch));
    }

    private static TestActivations Activations(int tokens, int columns)
    {
        var random = new Random(tokens);
        float[] values = [.. Enumerable.Range(0, tokens * columns).Select(_ => (random.NextSingle() * 2) - 1)];
        return TestActivations.Encode(values, tokens);
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
        ProcessorFeatures.MachineCode is IMachineCode code && Q5KEmittedKernel.Prepare(code),
        "the processor has no AVX-512 VNNI, it is switched off, or the system refuses executable memory");
}
