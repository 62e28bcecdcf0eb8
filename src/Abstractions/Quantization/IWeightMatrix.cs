using Tessera.Numerics;

namespace Tessera.Quantization;

/// <summary>A matrix of weights that is ready to be multiplied with. What it says of itself is asked for once, when it is bound.</summary>
public interface IWeightMatrix : IDisposable
{
    /// <summary>Rows (outputs).</summary>
    int Rows { get; }

    /// <summary>Columns (inputs).</summary>
    int Columns { get; }

    /// <summary>The parts of its input that <see cref="Multiply"/> reads; others may not be there.</summary>
    ActivationParts Reads { get; }

    /// <summary>A tile starts at a multiple of this many rows: from 1 to <see cref="Rows"/>, or to 4096 where there are fewer.</summary>
    int RowGranularity { get; }

    /// <summary>Whether <see cref="Multiply"/> reads the file's bytes. Where it does not, the host may let go of them once the matrix is bound.</summary>
    bool ReadsSource => true;

    /// <summary>How it computes, in a few words for people who ask what a model runs with; 200 characters at most.</summary>
    string Kernel => GetType().Name;

    /// <summary>The instruction set that it computes with, for people who ask; null where that is not told.</summary>
    SimdLevel? Simd => null;

    /// <summary>Bytes of memory that it holds besides the file's.</summary>
    long OwnBytes => 0;

    /// <summary>
    /// Computes the tile's rows for every token: <c>y[t, r] = sum over c of W[r, c] * x[t, c]</c>. Called from many threads at once for
    /// different tiles; allocates nothing. A row's result for a token is the same to the bit whatever the tile and the batch.
    /// </summary>
    void Multiply(in ActivationBatch x, in OutputTile y);
}
