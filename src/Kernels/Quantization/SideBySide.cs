using System.Runtime.Intrinsics;

namespace Tessera.Kernels.Quantization;

/// <summary>
/// Eight blocks or sub-blocks side by side: a vector has an element of each, so that a search does for all of them, a lane each, exactly what it would do
/// for one alone, in the same order. That is why results have the same bits whatever the instruction set.
/// </summary>
public static unsafe class SideBySide
{
    /// <summary>How many there are.</summary>
    public const int Lanes = 8;

    /// <summary>The longest sub-block.</summary>
    public const int MaxLength = 32;

    /// <summary>Puts neighbouring sub-blocks side by side; lanes that have none get zeros.</summary>
    /// <param name="values">The sub-blocks, one after the other.</param>
    /// <param name="length">Elements in each.</param>
    /// <param name="count">How many there are, up to <see cref="Lanes"/>.</param>
    /// <param name="lanes">Receives <c>[length][Lanes]</c>.</param>
    public static void Gather(float* values, int length, int count, float* lanes)
    {
        for (int lane = 0; lane < Lanes; lane++, values += length)
        {
            for (int i = 0; i < length; i++)
            {
                lanes[(i * Lanes) + lane] = lane < count ? values[i] : 0;
            }
        }
    }

    /// <summary>What weighs an error where the importance of columns is known: <c>importance * sqrt(variance + x^2)</c>.</summary>
    /// <param name="x">Side by side.</param>
    /// <param name="importance">Side by side.</param>
    /// <param name="variance">The mean square of the neighbourhood, times a factor of the format.</param>
    /// <param name="length">Elements in each sub-block.</param>
    /// <param name="weights">Receives them side by side.</param>
    public static void WeighByImportance(float* x, float* importance, Vector256<float> variance, int length, float* weights)
    {
        for (int i = 0; i < length * Lanes; i += Lanes)
        {
            Vector256<float> value = Vector256.Load(x + i);
            (Vector256.Load(importance + i) * Vector256.Sqrt(variance + (value * value))).Store(weights + i);
        }
    }

    /// <summary>What weighs an error in some formats where no importance is known.</summary>
    /// <param name="x">Side by side.</param>
    /// <param name="length">Elements in each sub-block.</param>
    /// <param name="squares">Receives them side by side.</param>
    public static void Square(float* x, int length, float* squares)
    {
        for (int i = 0; i < length * Lanes; i += Lanes)
        {
            Vector256<float> value = Vector256.Load(x + i);
            (value * value).Store(squares + i);
        }
    }

    /// <summary>The sum of squares, from first to last.</summary>
    public static float SumOfSquares(float* x, int length)
    {
        float sum = 0;
        for (int i = 0; i < length; i++)
        {
            sum += x[i] * x[i];
        }

        return sum;
    }
}
