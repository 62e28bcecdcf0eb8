using System.Runtime.ExceptionServices;
using Tessera.Quantization;

namespace Tessera.Generation;

/// <summary>A matrix of a model and the bytes that it has in the file.</summary>
internal readonly record struct BoundMatrix(IWeightMatrix Weights, long FileBytes)
{
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
}
