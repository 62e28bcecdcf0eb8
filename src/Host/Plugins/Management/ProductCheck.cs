using System.Globalization;
using Tessera.Numerics;
using Tessera.Quantization;

namespace Tessera.Plugins.Management;

/// <summary>Compares a matrix' products with those of its dequantized weights, for a batch and for each of its tokens alone.</summary>
internal static unsafe class ProductCheck
{
    // Of the sum of the products' magnitudes: what the order of additions in F32 may change.
    private const double Tolerance = 1e-5;

    /// <summary>What is wrong with a matrix, or <see langword="null"/>.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="weights">The dequantized weights, <c>[rows][columns]</c>.</param>
    /// <param name="batch">Activations in every encoding.</param>
    public static string? FindProblem(IWeightMatrix matrix, float[] weights, in ActivationBatch batch)
    {
        float[] together = Multiply(matrix, batch);
        for (int token = 0; token < batch.Tokens; token++)
        {
            float[] alone = Multiply(matrix, batch.Slice(token, 1));
            for (int row = 0; row < matrix.Rows; row++)
            {
                float y = together[(token * matrix.Rows) + row];
                if (BitConverter.SingleToInt32Bits(alone[row]) != BitConverter.SingleToInt32Bits(y))
                {
                    return string.Create(CultureInfo.InvariantCulture, $"row {row} gives {y:R} in a batch of {batch.Tokens} tokens and {alone[row]:R} alone");
                }

                double exact = Dot(weights.AsSpan(row * matrix.Columns, matrix.Columns), batch, token, matrix.Reads, out double magnitude);
                if (!(Math.Abs(y - exact) <= Tolerance * magnitude))
                {
                    return string.Create(CultureInfo.InvariantCulture, $"row {row} gives {y:R}, its dequantized weights give {exact:R}");
                }
            }
        }

        return null;
    }

    private static float[] Multiply(IWeightMatrix matrix, in ActivationBatch batch)
    {
        var result = new float[batch.Tokens * matrix.Rows];
        fixed (float* y = result)
        {
            matrix.Multiply(batch, new OutputTile { Values = y, Stride = matrix.Rows, FirstRow = 0, RowCount = matrix.Rows });
        }

        return result;
    }

    private static double Dot(ReadOnlySpan<float> weights, in ActivationBatch batch, int token, ActivationParts encoding, out double magnitude)
    {
        double sum = 0;
        magnitude = 0;
        for (int c = 0; c < weights.Length; c++)
        {
            double x = encoding == ActivationParts.Values ? batch.ValuesOf(token)[c] : (double)batch.ScalesOf(token)[c / 32] * batch.QuantsOf(token)[c];
            sum += weights[c] * x;
            magnitude += Math.Abs(weights[c] * x);
        }

        return sum;
    }
}
