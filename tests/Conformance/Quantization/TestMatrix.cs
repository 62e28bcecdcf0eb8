using Tessera.Numerics;
using Tessera.Quantization;
using Tessera.Runtime.Processor;

namespace Tessera.Conformance.Quantization;

/// <summary>A weight matrix in memory, as a model file would hold it, with its dequantized weights.</summary>
public sealed unsafe class TestMatrix : IDisposable
{
    private readonly GuardedMemory _memory;
    private readonly IQuantFormat _format;

    /// <summary>Copies the blocks of a matrix.</summary>
    /// <param name="format">The format of the blocks.</param>
    /// <param name="blocks">At least <paramref name="rows"/> rows of whole blocks, one after the other.</param>
    /// <param name="rows">Rows (outputs).</param>
    /// <param name="columns">Columns (inputs), a multiple of the format's block.</param>
    /// <param name="misalignment">Null for data that ends where its memory ends, or by how many bytes it begins after a multiple of 64.</param>
    public TestMatrix(IQuantFormat format, ReadOnlySpan<byte> blocks, int rows, int columns, int? misalignment = null)
    {
        int rowBytes = columns / format.Block.Elements * format.Block.Bytes;
        blocks = blocks[..(rows * rowBytes)];
        _format = format;
        _memory = new GuardedMemory(blocks.Length + (misalignment is null ? 0 : 128));
        byte* data = misalignment is int bytes ? (byte*)(((nuint)_memory.First + 63) & ~(nuint)63) + bytes : _memory.First;
        blocks.CopyTo(new Span<byte>(data, blocks.Length));
        Weights = new float[rows * columns];
        format.Dequantize(blocks, Weights);
        Source = new WeightSource { Name = "test.weight", Rows = rows, Columns = columns, Data = data, RowBytes = rowBytes };
    }

    /// <summary>What a format binds.</summary>
    public WeightSource Source { get; }

    /// <summary>The dequantized weights, <c>[rows][columns]</c>.</summary>
    public float[] Weights { get; }

    /// <summary>The dequantized weights of a row.</summary>
    public ReadOnlySpan<float> Row(int row) => Weights.AsSpan(row * Source.Columns, Source.Columns);

    /// <summary>Binds the matrix at an instruction set.</summary>
    public IWeightMatrix Bind(SimdLevel level, Binding binding = Binding.Packed) =>
        _format.Bind(Source, new KernelOptions(level, binding != Binding.Mapped, binding == Binding.Assembled ? ProcessorFeatures.MachineCode : null));

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();
}
