using Tessera.Numerics;

namespace Tessera.Workbench.Importance;

/// <summary>For each column of a matrix the sum of the squares that it was multiplied with.</summary>
internal sealed class ColumnStatistics(int columns)
{
    private readonly double[] _sums = new double[columns];

    /// <summary>Tokens that were added.</summary>
    public long Count { get; private set; }

    /// <summary>The sums.</summary>
    public float[] Sums() => Array.ConvertAll(_sums, sum => (float)sum);

    /// <summary>Adds the tokens of a batch.</summary>
    public unsafe void Add(in ActivationBatch x)
    {
        for (int token = 0; token < x.Tokens; token++)
        {
            float* values = x.ValuesOf(token);
            for (int column = 0; column < _sums.Length; column++)
            {
                _sums[column] += (double)values[column] * values[column];
            }
        }

        Count += x.Tokens;
    }
}
