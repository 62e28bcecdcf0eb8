using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Tessera.Numerics;

namespace Tessera.Kernels.Coded;

/// <summary>
/// Portable 128-bit vectors: 4 rows, with the instruction for byte products that a processor may have: <c>sdot</c> on ARM64, <c>pmaddubsw</c> on x86-64.
/// </summary>
internal readonly unsafe struct ProductLanes128 : IProductLanes<Vector128<int>>
{
    public static int Rows => 4;

    public static Vector128<int> Zero => Vector128<int>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Load(byte* source) => Vector128.Load((int*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Create(int bits) => Vector128.Create(bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Broadcast(void* source) => Vector128.Create(*(int*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Repeat(Vector128<byte> bytes) => bytes.AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> And(Vector128<int> a, Vector128<int> b) => a & b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Or(Vector128<int> a, Vector128<int> b) => a | b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> ShiftRight(Vector128<int> value, int bits) => value >>> bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> ShiftLeft(Vector128<int> value, int bits) => value << bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Lookup(Vector128<int> table, Vector128<int> indices) => Vector128.ShuffleNative(table.AsByte(), indices.AsByte()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Products(Vector128<int> weights, Vector128<int> x)
    {
        if (Dp.IsSupported)
        {
            return Dp.DotProduct(Vector128<int>.Zero, weights.AsSByte(), x.AsSByte());
        }

        if (Ssse3.IsSupported)
        {
            return Ssse3.MultiplyAddAdjacent(weights.AsByte(), x.AsSByte()).AsInt32();
        }

        Vector128<short> even = (weights.AsInt16() & Vector128.Create((short)0xFF)) * ((x.AsInt16() << 8) >> 8);
        return (even + ((weights.AsUInt16() >> 8).AsInt16() * (x.AsInt16() >> 8))).AsInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> AddProducts(Vector128<int> products, Vector128<int> weights, Vector128<int> x) =>
        Dp.IsSupported ? Dp.DotProduct(products, weights.AsSByte(), x.AsSByte()) : JoinProducts(products, Products(weights, x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> JoinProducts(Vector128<int> a, Vector128<int> b) => Dp.IsSupported ? a + b : (a.AsInt16() + b.AsInt16()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> ScaleProducts(Vector128<int> products, Vector128<int> factors) =>
        Dp.IsSupported ? products * (factors >> 16) : MultiplyAddWords(products, factors);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> MultiplyAddWords(Vector128<int> a, Vector128<int> b) => Sse2.IsSupported
        ? Sse2.MultiplyAddAdjacent(a.AsInt16(), b.AsInt16())
        : (LowWords(a) * LowWords(b)) + ((a >> 16) * (b >> 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> MultiplyWords(Vector128<int> a, Vector128<int> b) => (a.AsInt16() * b.AsInt16()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> AddIntegers(Vector128<int> a, Vector128<int> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> SubtractIntegers(Vector128<int> a, Vector128<int> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> MaxIntegers(Vector128<int> a, Vector128<int> b) => Vector128.Max(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> ToSingle(Vector128<int> integers) => Vector128.ConvertToSingle(integers).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Multiply(Vector128<int> a, Vector128<int> b) => (a.AsSingle() * b.AsSingle()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> MultiplyAdd(Vector128<int> a, Vector128<int> b, Vector128<int> c) => ((a.AsSingle() * b.AsSingle()) + c.AsSingle()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> MultiplySubtract(Vector128<int> a, Vector128<int> b, Vector128<int> c) =>
        (c.AsSingle() - (a.AsSingle() * b.AsSingle())).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> LoadHalves(byte* source) =>
        Binary16.ToSingle(Vector128.WidenLower(Vector128.CreateScalar(*(ulong*)source).AsInt16())).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> LoadBytes(byte* source) => Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalar(*(uint*)source).AsSByte()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> LoadBytePairs(byte* source) => Vector128.WidenLower(Vector128.CreateScalar(*(ulong*)source).AsSByte()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<int> values, float* destination) => values.AsSingle().Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> LowWords(Vector128<int> value) => (value << 16) >> 16;
}
