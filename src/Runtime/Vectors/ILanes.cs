namespace Tessera.Runtime.Vectors;

/// <summary>
/// A width of vectors. Kernels that are written over it do the same to every value whatever the width: where multiply-adds are fused, results
/// are the same to the bit on all processors.
/// </summary>
internal unsafe interface ILanes<TVector>
    where TVector : struct
{
    /// <summary>Values per vector: 4, 8 or 16.</summary>
    static abstract int Count { get; }

    static abstract TVector Zero { get; }

    static abstract TVector Load(float* source);

    static abstract void Store(TVector value, float* destination);

    /// <summary>A constant in all lanes.</summary>
    static abstract TVector Create(float value);

    /// <summary>A value from memory in all lanes.</summary>
    static abstract TVector Broadcast(float* source);

    static abstract TVector Add(TVector a, TVector b);

    static abstract TVector Subtract(TVector a, TVector b);

    static abstract TVector Multiply(TVector a, TVector b);

    static abstract TVector Divide(TVector a, TVector b);

    static abstract TVector Abs(TVector a);

    static abstract TVector CopySign(TVector magnitude, TVector sign);

    /// <summary>a * b + c, fused where the processor can.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    /// <summary>The larger; <paramref name="b"/> where one is not a number.</summary>
    static abstract TVector Max(TVector a, TVector b);

    /// <summary>Multiplies with two to the power of the whole number in the lowest bits of <paramref name="exponent"/>.</summary>
    static abstract TVector AddExponent(TVector value, TVector exponent);

    /// <summary>The value, or zero where x is below the limit.</summary>
    static abstract TVector ZeroBelow(TVector x, TVector limit, TVector value);

    /// <summary>The values of IEEE 754 binary16 numbers.</summary>
    static abstract TVector WidenHalves(ushort* source);

    static abstract TVector WidenBytes(sbyte* source);

    /// <summary>Lanes as pairs of 16-bit integers: both products of a pair are added to the 32-bit integer in the lane of <paramref name="sums"/>.</summary>
    static abstract TVector AddProducts(TVector a, TVector b, TVector sums);

    /// <summary>The values of 32-bit integers.</summary>
    static abstract TVector FromIntegers(TVector integers);

    /// <summary>Stores the low 16 bits of every lane.</summary>
    static abstract void StoreLow(TVector value, short* destination);
}
