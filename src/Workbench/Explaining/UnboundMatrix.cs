using Tessera.Numerics;
using Tessera.Quantization;

namespace Tessera.Workbench.Explaining;

/// <summary>Stands for a matrix in a model that is built only to be explained.</summary>
internal sealed class UnboundMatrix(int rows, int columns) : IWeightMatrix
{
    public int Rows => rows;

    public int Columns => columns;

    public ActivationParts Reads => ActivationParts.Values;

    public int RowGranularity => 1;

    public void Multiply(in ActivationBatch x, in OutputTile y) => throw new InvalidOperationException("the model was built to be explained, not to run");

    public void Dispose()
    {
    }
}
