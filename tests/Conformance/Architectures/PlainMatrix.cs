using Tessera.Numerics;
using Tessera.Quantization;

namespace Tessera.Conformance.Architectures;

/// <summary>A matrix of F32 weights where they are in the file.</summary>
internal sealed unsafe class PlainMatrix(WeightSource source) : IWeightMatrix
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
                float* values = x.ValuesOf(token);
                for (int column = 0; column < Columns; column++)
                {
                    sum += weights[column] * values[column];
                }

                y.Values[(token * y.Stride) + row] = sum;
            }
        }
    }

    public void Dispose()
    {
    }
}
