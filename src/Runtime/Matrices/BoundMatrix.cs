using System.Runtime.ExceptionServices;
using Tessera.Numerics;
using Tessera.Quantization;

namespace Tessera.Runtime.Matrices;

/// <summary>A matrix of weights in a model: the one place where kernels are called and observed.</summary>
/// <param name="name">The tensor's name.</param>
/// <param name="weights">The matrix.</param>
internal sealed class BoundMatrix(string name, IWeightMatrix weights)
{
    public string Name => name;

    public IWeightMatrix Weights => weights;

    public int Rows { get; } = weights.Rows;

    public int RowGranularity { get; } = weights.RowGranularity;

    /// <summary>What of its input it reads.</summary>
    public ActivationParts Reads { get; } = weights.Reads;

    /// <summary>Bytes of the weights in the file.</summary>
    public long FileBytes { get; init; }

    /// <summary>Sees the input of every product; null for nobody.</summary>
    public Action<string, ActivationBatch>? Observer { get; init; }

    /// <summary>Frees all of them. The first failure is thrown when none is left.</summary>
    /// <exception cref="TesseraException">A plugin fails to free a matrix.</exception>
    public static void Free(IEnumerable<BoundMatrix> matrices)
    {
        ExceptionDispatchInfo? failure = null;
        foreach (BoundMatrix matrix in matrices)
        {
            try
            {
                matrix.Weights.Dispose();
            }
            catch (TesseraException e)
            {
                failure ??= ExceptionDispatchInfo.Capture(e);
            }
        }

        failure?.Throw();
    }

    /// <summary>Computes a tile, see <see cref="IWeightMatrix.Multiply"/>.</summary>
    public void Multiply(in ActivationBatch x, in OutputTile y)
    {
        if (y.FirstRow == 0)
        {
            Observer?.Invoke(name, x);
        }

        weights.Multiply(x, y);
    }
}
