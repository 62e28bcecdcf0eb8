using System.Composition;
using System.Reflection;
using Tessera.Gguf;
using Tessera.Numerics;
using Tessera.Quantization;
using Xunit;

namespace Tessera.Conformance.Quantization;

/// <summary>
/// What every quantization format promises. Derive a class, pass the format to the constructor, and the whole suite runs for it:
/// <code>public sealed class MyConformance() : QuantFormatConformance(new MyFormat(), (GgmlType)200, goldenName: null);</code>
/// </summary>
/// <param name="format">The format.</param>
/// <param name="type">The type number that it is exported for.</param>
/// <param name="goldenName">The reference's name for it in the golden data, or null where the reference does not know it.</param>
public abstract partial class QuantFormatConformance(IQuantFormat format, GgmlType type, string? goldenName)
{
    /// <summary>Different blocks that the tests draw rows from.</summary>
    private const int PoolBlocks = 96;

    /// <summary>What is computed in another order, or from encoded activations, may differ by this from the sum of the products' magnitudes.</summary>
    private const double Tolerance = 1e-5;

    /// <summary>How far an instruction set may be from the scalar kernel, relative to the sum of the products' magnitudes.</summary>
    private const double LevelTolerance = 1e-6;

    /// <summary>The format under test.</summary>
    protected IQuantFormat Format { get; } = format;

    /// <summary>The path of a file of golden data, which skips the test where it is absent. Override it to bring vectors of your own.</summary>
    /// <param name="name"><c>manifest.jsonl</c>, <c>NAME.blocks</c>, <c>NAME.f32</c>, <c>NAME.random.blocks</c>, <c>NAME.random.f32</c>, <c>NAME.dot.f32</c>,
    /// <c>activations.*</c>.</param>
    protected virtual string GoldenFile(string name) => Golden.Path($"quants/{name}");

    [Fact]
    public void Is_exported_and_shared_for_its_type()
    {
        var export = Format.GetType().GetCustomAttribute<ExportQuantFormatAttribute>();

        Assert.Equal(type, export?.Type);
        Assert.NotNull(Format.GetType().GetCustomAttribute<SharedAttribute>());
    }

    [Fact]
    public void Has_the_block_of_the_reference()
    {
        GoldenQuants golden = ReadGolden();

        Assert.Equal(golden.TypeNumber, (uint)type);
        Assert.Equal(new BlockGeometry(golden.BlockElements, golden.BlockBytes), Format.Block);
    }

    [Theory, SimdLevels]
    public void A_bound_matrix_has_the_shape_of_its_source(SimdLevel level, Binding binding)
    {
        SimdSupport.Require(level);
        using TestMatrix matrix = Pool(TestBlocks.Random(Format, PoolBlocks, seed: 1), rows: 5, blocksPerRow: 2, seed: 1);
        using IWeightMatrix bound = matrix.Bind(level, binding);

        Assert.Equal(5, bound.Rows);
        Assert.Equal(2 * Format.Block.Elements, bound.Columns);
        Assert.InRange(bound.RowGranularity, 1, int.MaxValue);
        Assert.NotEqual(ActivationParts.None, bound.Reads);
        Assert.Equal(ActivationParts.None, bound.Reads & ~(ActivationParts.Values | ActivationParts.Q8));
    }

    private GoldenQuants ReadGolden() => GoldenQuants.Read(goldenName, GoldenFile);

    /// <summary>A matrix whose blocks are drawn from a pool.</summary>
    private TestMatrix Pool(byte[] pool, int rows, int blocksPerRow, int seed) =>
        new(Format, Draw(pool, rows, blocksPerRow, seed), rows, blocksPerRow * Format.Block.Elements);

    private byte[] Draw(byte[] pool, int rows, int blocksPerRow, int seed)
    {
        var random = new Random(seed);
        int size = Format.Block.Bytes;
        var blocks = new byte[rows * blocksPerRow * size];
        for (int i = 0; i < rows * blocksPerRow; i++)
        {
            pool.AsSpan(random.Next(pool.Length / size) * size, size).CopyTo(blocks.AsSpan(i * size));
        }

        return blocks;
    }

    /// <summary>Activations around zero, with magnitudes that differ from block to block.</summary>
    private static TestActivations RandomActivations(int tokens, int columns, int seed)
    {
        var random = new Random(seed);
        var values = new float[tokens * columns];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)((random.NextDouble() - 0.5) * Math.Exp(3 * Math.Sin(i / 32)));
        }

        return TestActivations.Encode(values, tokens);
    }
}
