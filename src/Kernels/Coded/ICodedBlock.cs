using System.Runtime.Intrinsics;

namespace Tessera.Kernels.Coded;

/// <summary>
/// A format whose weights are small codes with scales: all that its kernels need to know. Columns come in groups of 32, as the activations' scales do, and
/// <c>weight = d * scale * value (- dmin * minimum, or + minimum)</c>, where the value is a code less <see cref="Zero"/> or, with <see cref="HasTable"/>,
/// what a table has for it. Implement it with a struct without fields: kernels are compiled for it, and everything constant here is constant there.
/// </summary>
public unsafe interface ICodedBlock
{
    /// <summary>Weights in a block: 32 or 256.</summary>
    static abstract int Elements { get; }

    /// <summary>Bytes of a block in the file.</summary>
    static abstract int Bytes { get; }

    /// <summary>Bits of a code: 2 to 5.</summary>
    static abstract int CodeBits { get; }

    /// <summary>What is added to a value so that none is negative.</summary>
    static abstract int Zero { get; }

    /// <summary>The largest value plus <see cref="Zero"/>. It decides how many products are added in 16 bits.</summary>
    static abstract int Largest { get; }

    /// <summary>Whether <see cref="Table"/> turns codes into values.</summary>
    static virtual bool HasTable => false;

    /// <summary>The value of each 4-bit code plus <see cref="Zero"/>, as unsigned bytes.</summary>
    static virtual Vector128<byte> Table => Vector128<byte>.Zero;

    /// <summary>Which scales and minimums there are.</summary>
    static abstract ScaleLayout Scales { get; }

    /// <summary>Where d is in the block.</summary>
    static abstract int ScaleOffset { get; }

    /// <summary>Where the minimum or dmin is in the block, a half.</summary>
    static virtual int MinimumOffset => 0;

    /// <summary>The definition: the value of a column.</summary>
    static abstract int ReadValue(byte* block, int column);

    /// <summary>The codes of 16 columns in order, a byte each: columns <c>16 * index</c> and on.</summary>
    static abstract Vector128<byte> ReadCodes(byte* block, int index);

    /// <summary>The integer scale of a sub-block, where there is one.</summary>
    static virtual int ReadSubScale(byte* block, int index) => 1;

    /// <summary>The integer minimum of a sub-block, where there is one.</summary>
    static virtual int ReadSubMinimum(byte* block, int index) => 0;
}
