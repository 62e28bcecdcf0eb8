using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tessera.Kernels.Quantization;

/// <summary>Rounds the values of a sub-block, in order, to codes of a byte that count from the lowest.</summary>
/// <param name="Lowest">The lowest integer; its code is 0.</param>
/// <param name="Highest">The highest.</param>
public readonly unsafe record struct Codes(int Lowest, int Highest)
{
    private const int Step = 16;

    /// <summary>Codes of a search: <c>inverse * (x - origin)</c>. An inverse of 0 stands for values that are next to nothing, and gives zeros.</summary>
    /// <param name="x">The values.</param>
    /// <param name="length">How many, a multiple of 16.</param>
    /// <param name="inverse">Of the fit.</param>
    /// <param name="origin">Of the fit, or 0.</param>
    /// <param name="codes">Receives the codes.</param>
    public void OfFit(float* x, int length, float inverse, float origin, byte* codes)
    {
        if (inverse == 0)
        {
            new Span<byte>(codes, length).Clear();
            return;
        }

        for (int i = 0; i < length; i += Step)
        {
            Vector256<float> first = Vector256.Create(inverse) * (Vector256.Load(x + i) - Vector256.Create(origin));
            Vector256<float> second = Vector256.Create(inverse) * (Vector256.Load(x + i + (Step / 2)) - Vector256.Create(origin));
            Store(Round(first), Round(second), codes + i);
        }
    }

    /// <summary>Codes for the scale and minimum that a reader will see: <c>(x + minimum) / scale</c>.</summary>
    /// <param name="x">The values.</param>
    /// <param name="length">How many, a multiple of 16.</param>
    /// <param name="scale">The step from code to code, not 0.</param>
    /// <param name="minimum">What code 0 lies below zero.</param>
    /// <param name="codes">Receives the codes.</param>
    public void OfScale(float* x, int length, float scale, float minimum, byte* codes)
    {
        for (int i = 0; i < length; i += Step)
        {
            Vector256<float> first = (Vector256.Load(x + i) + Vector256.Create(minimum)) / Vector256.Create(scale);
            Vector256<float> second = (Vector256.Load(x + i + (Step / 2)) + Vector256.Create(minimum)) / Vector256.Create(scale);
            Store(Round(first), Round(second), codes + i);
        }
    }

    /// <summary>Cuts off fractions of values from 0 to 255.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Truncate(Vector256<float> first, Vector256<float> second, byte* codes) =>
        Store(Vector256.ConvertToInt32Native(first), Vector256.ConvertToInt32Native(second), codes);

    /// <summary>Stores sixteen codes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<int> first, Vector256<int> second, byte* codes)
    {
        Vector256<short> integers = Vector256.Narrow(first, second);
        Vector128.Narrow(integers.GetLower().AsUInt16(), integers.GetUpper().AsUInt16()).Store(codes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<int> Round(Vector256<float> values)
    {
        Vector256<float> lowest = Vector256.Create((float)Lowest);
        return Vector256.ConvertToInt32Native(NearestInteger.Clamped(values, lowest, Vector256.Create((float)Highest)) - lowest);
    }
}
