using Tessera.Runtime.Memory;

namespace Tessera.Kernels.Benchmarks;

/// <summary>Activations between -1 and 1.</summary>
internal sealed unsafe class RandomRows : IDisposable
{
    private readonly NativeBuffer _memory = new();

    public ActivationRows Rows { get; private set; }

    public void Dispose() => _memory.Dispose();

    public ActivationRows Fill(int rows, int columns)
    {
        var values = (float*)_memory.Reserve((long)rows * columns * sizeof(float));
        var random = new Random(1);
        for (long i = 0; i < (long)rows * columns; i++)
        {
            values[i] = (random.NextSingle() * 2) - 1;
        }

        return Rows = new ActivationRows(values, rows, columns, columns);
    }
}
