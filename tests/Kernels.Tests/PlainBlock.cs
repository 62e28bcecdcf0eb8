using System.Runtime.Intrinsics;
using Tessera.Kernels.Coded;

namespace Tessera.Kernels.Tests;

/// <summary>
/// A block whose codes are a byte each and whose bytes are nothing else, so that a panel shows what packing does. Scales are taken from the codes.
/// </summary>
/// <typeparam name="TBits">Bits of a code.</typeparam>
/// <typeparam name="TScales">The number of the scales' layout.</typeparam>
internal readonly unsafe struct PlainBlock<TBits, TScales> : ICodedBlock
    where TBits : struct, ITokenCount
    where TScales : struct, ITokenCount
{
    public static int Elements => 256;

    public static int Bytes => 256;

    public static int CodeBits => TBits.Value;

    public static int Zero => 0;

    public static int Largest => (1 << TBits.Value) - 1;

    public static ScaleLayout Scales => (ScaleLayout)TScales.Value;

    public static int ScaleOffset => 0;

    public static int MinimumOffset => 2;

    public static int ReadValue(byte* block, int column) => block[column];

    public static Vector128<byte> ReadCodes(byte* block, int index) => Vector128.Load(block + (16 * index));

    public static int ReadSubScale(byte* block, int index) => block[index] & 0xF;

    public static int ReadSubMinimum(byte* block, int index) => block[255 - index] & 0xF;
}
