using Tessera.Numerics;
using Tessera.Quantization;

namespace TestPlugins;

/// <summary>A format that works: F32 values one by one. Test plugins derive from it and break one thing.</summary>
public class PlainFormat : IQuantFormat
{
    public BlockGeometry Block => new(1, sizeof(float));

    public virtual void Dequantize(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = BitConverter.ToSingle(blocks[(i * sizeof(float))..]);
        }
    }

    public virtual IWeightMatrix Bind(in WeightSource source, KernelOptions options) => new Matrix(source, Finish);

    /// <summary>What becomes of a product, which was computed with so many tokens.</summary>
    protected virtual float Finish(float product, int tokens) => product;

    private sealed unsafe class Matrix(WeightSource source, Func<float, int, float> finish) : IWeightMatrix
    {
        public int Rows => source.Rows;

        public int Columns => source.Columns;

        public ActivationParts Reads => ActivationParts.Values;

        public int RowGranularity => 1;

        public void Multiply(in ActivationBatch x, in OutputTile y)
        {
            for (int row = y.FirstRow; row < y.FirstRow + y.RowCount; row++)
            {
                float* weights = (float*)source.Row(row);
                for (int token = 0; token < x.Tokens; token++)
                {
                    float sum = 0;
                    for (int column = 0; column < Columns; column++)
                    {
                        sum += weights[column] * x.ValuesOf(token)[column];
                    }

                    y.Values[(token * y.Stride) + row] = finish(sum, x.Tokens);
                }
            }
        }

        public void Dispose()
        {
        }
    }
}
