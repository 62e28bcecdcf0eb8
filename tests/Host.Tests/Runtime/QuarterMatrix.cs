using Tessera.Conformance.Quantization;
using Tessera.Quantization;
using Tessera.Runtime.Matrices;

namespace Tessera.Host.Tests.Runtime;

/// <summary>A random matrix in <see cref="QuarterFormat"/>, and its weights. The products with small integers are exact in every order.</summary>
internal sealed unsafe class QuarterMatrix : IDisposable
{
    private readonly GuardedMemory _memory;

    public QuarterMatrix(int rows, int columns, int seed = 1)
    {
        var bytes = new byte[rows * columns];
        new Random(seed).NextBytes(bytes);
        _memory = new GuardedMemory(bytes.Length);
        bytes.CopyTo(new Span<byte>(_memory.First, bytes.Length));
        Weights = Array.ConvertAll(bytes, b => (sbyte)b / 4.0);
        Source = new WeightSource { Name = "quarters", Rows = rows, Columns = columns, Data = _memory.First, RowBytes = columns };
    }

    public WeightSource Source { get; }

    public double[] Weights { get; }

    public DequantizedMatrix Bind() => new(new QuarterFormat(), Source);

    /// <summary>The product with one token.</summary>
    public double Dot(int row, ReadOnlySpan<float> x)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            sum += Weights[(row * x.Length) + i] * x[i];
        }

        return sum;
    }

    public void Dispose() => _memory.Dispose();
}
