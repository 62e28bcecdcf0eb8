using Tessera.Architectures;
using Tessera.Runtime.Memory;

namespace Tessera.Kernels.Benchmarks;

/// <summary>Activations between -1 and 1.</summary>
internal sealed unsafe class RandomTensor : IDisposable
{
    private readonly NativeBuffer _memory = new();

    public Tensor Tensor { get; private set; }

    public void Dispose() => _memory.Dispose();

    public Tensor Fill(int rows, int columns)
    {
        var values = (float*)_memory.Reserve((long)rows * columns * sizeof(float));
        var random = new Random(1);
        for (long i = 0; i < (long)rows * columns; i++)
        {
            values[i] = (random.NextSingle() * 2) - 1;
        }

        return Tensor = new Tensor(values, rows, columns);
    }
}
