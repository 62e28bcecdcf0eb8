using Tessera.Conformance.Quantization;
using Tessera.Runtime.Memory;

namespace Tessera.Host.Tests.Runtime;

/// <summary>A tensor of its own, at the end of which a page must not be touched.</summary>
internal sealed unsafe class TestTensor : IDisposable
{
    private readonly GuardedMemory _memory;

    public TestTensor(int rows, int columns)
    {
        _memory = new GuardedMemory((long)rows * columns * sizeof(float));
        Tensor = new ActivationRows((float*)_memory.First, rows, columns, columns);
    }

    public ActivationRows Tensor { get; }

    public Span<float> Values => new(Tensor.Data, Tensor.Rows * Tensor.Columns);

    /// <summary>Values between -spread and spread.</summary>
    public static TestTensor Random(int rows, int columns, int seed = 1, float spread = 1)
    {
        var random = new Random(seed);
        var tensor = new TestTensor(rows, columns);
        foreach (ref float value in tensor.Values)
        {
            value = ((2 * random.NextSingle()) - 1) * spread;
        }

        return tensor;
    }

    public static TestTensor Of(int rows, params ReadOnlySpan<float> values)
    {
        var tensor = new TestTensor(rows, values.Length / rows);
        values.CopyTo(tensor.Values);
        return tensor;
    }

    /// <summary>Some of its rows, sharing memory.</summary>
    public ActivationRows Rows(int first, int count) => Tensor.SliceRows(first, count);

    public void Dispose() => _memory.Dispose();
}
