using Tessera.Numerics;
using Tessera.Quantization;

namespace Tessera.Workbench.Importance;

/// <summary>A matrix that also hears what it is multiplied with. The tile that begins at the first row, one for each batch, takes it down.</summary>
internal sealed class ObservedMatrix(IWeightMatrix matrix, ColumnStatistics statistics) : IWeightMatrix
{
    public int Rows => matrix.Rows;

    public int Columns => matrix.Columns;

    public ActivationEncoding Activations => matrix.Activations;

    public int RowGranularity => matrix.RowGranularity;

    public bool ReadsSource => matrix.ReadsSource;

    public SimdLevel? Simd => matrix.Simd;

    public string Kernel => matrix.Kernel;

    public long OwnBytes => matrix.OwnBytes;

    public void Multiply(in ActivationBatch x, in OutputTile y)
    {
        if (y.FirstRow == 0)
        {
            statistics.Add(x);
        }

        matrix.Multiply(x, y);
    }

    public void Dispose() => matrix.Dispose();
}
