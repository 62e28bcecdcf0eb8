using System.Runtime.Intrinsics;

namespace Tessera.Kernels.Coded;

/// <summary>
/// A width of vectors for products of weights with activations: a row of the matrix per 32-bit lane, four columns of it as bytes. A vector's type says nothing
/// about what is in it; each operation names what it takes.
/// </summary>
internal unsafe interface IProductLanes<TVector>
    where TVector : struct
{
    /// <summary>Rows: lanes of 32 bits.</summary>
    static abstract int Rows { get; }

    static abstract TVector Zero { get; }

    static abstract TVector Load(byte* source);

    /// <summary>32 bits in all lanes.</summary>
    static abstract TVector Create(int bits);

    /// <summary>32 bits from memory in all lanes.</summary>
    static abstract TVector Broadcast(void* source);

    /// <summary>16 bytes, once per 128 bits.</summary>
    static abstract TVector Repeat(Vector128<byte> bytes);

    static abstract TVector And(TVector a, TVector b);

    static abstract TVector Or(TVector a, TVector b);

    /// <summary>Moves the bits of each 32-bit lane towards the lowest.</summary>
    static abstract TVector ShiftRight(TVector value, int bits);

    /// <summary>Moves the bits of each 32-bit lane towards the highest.</summary>
    static abstract TVector ShiftLeft(TVector value, int bits);

    /// <summary>Bytes of a table that <see cref="Repeat"/> made, for indices from 0 to 15.</summary>
    static abstract TVector Lookup(TVector table, TVector indices);

    /// <summary>
    /// Products of unsigned bytes (at most 127 where the processor adds all four of a lane) with signed ones, added in pairs to 16 bits or in fours to 32.
    /// </summary>
    static abstract TVector Products(TVector weights, TVector x);

    /// <summary>Adds what <see cref="Products"/> gives to what it gave.</summary>
    static abstract TVector AddProducts(TVector products, TVector weights, TVector x);

    /// <summary>Adds two sums of <see cref="Products"/>.</summary>
    static abstract TVector JoinProducts(TVector a, TVector b);

    /// <summary>Sums of <see cref="Products"/> times a factor, as 32-bit integers.</summary>
    /// <param name="products">The sums.</param>
    /// <param name="factors">The factor as 16-bit integer in both halves of each lane.</param>
    static abstract TVector ScaleProducts(TVector products, TVector factors);

    /// <summary>Products of 16-bit integers, added in pairs.</summary>
    static abstract TVector MultiplyAddWords(TVector a, TVector b);

    /// <summary>Products of 16-bit integers that fit 16 bits.</summary>
    static abstract TVector MultiplyWords(TVector a, TVector b);

    static abstract TVector AddIntegers(TVector a, TVector b);

    static abstract TVector SubtractIntegers(TVector a, TVector b);

    static abstract TVector MaxIntegers(TVector a, TVector b);

    static abstract TVector ToSingle(TVector integers);

    static abstract TVector Multiply(TVector a, TVector b);

    /// <summary>a * b + c, fused on x86-64 with AVX2.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    /// <summary>c - a * b, fused as <see cref="MultiplyAdd"/>.</summary>
    static abstract TVector MultiplySubtract(TVector a, TVector b, TVector c);

    /// <summary>A half per lane, widened.</summary>
    static abstract TVector LoadHalves(byte* source);

    /// <summary>A signed byte per lane, widened to 32 bits.</summary>
    static abstract TVector LoadBytes(byte* source);

    /// <summary>Two signed bytes per lane, widened to 16 bits each.</summary>
    static abstract TVector LoadBytePairs(byte* source);

    static abstract void Store(TVector values, float* destination);
}
