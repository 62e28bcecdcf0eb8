namespace Tessera.Numerics;

/// <summary>
/// The encoded input of a matrix product: <see cref="Tokens"/> rows of <see cref="Columns"/> values. The pointers of the parts
/// that the matrix reads are valid for the duration of the call; the others may be null.
/// </summary>
public readonly unsafe struct ActivationBatch
{
    /// <summary>Number of tokens (rows of the input).</summary>
    public required int Tokens { get; init; }

    /// <summary>Values per token.</summary>
    public required int Columns { get; init; }

    /// <summary><see cref="ActivationParts.Values"/>: values, <c>[Tokens][ValueStride]</c>.</summary>
    public float* Values { get; init; }

    /// <summary>Elements from one token's values to the next.</summary>
    public int ValueStride { get; init; }

    /// <summary><see cref="ActivationParts.Quants"/>: integers, <c>[Tokens][QuantStride]</c>, columns in order.</summary>
    public sbyte* Quants { get; init; }

    /// <summary>Elements from one token's integers to the next; a multiple of 64.</summary>
    public int QuantStride { get; init; }

    /// <summary><see cref="ActivationParts.Quants"/>: one scale per 32 columns, <c>[Tokens][QuantStride / 32]</c>.</summary>
    public float* Scales { get; init; }

    /// <summary><see cref="ActivationParts.Sums"/>: sum of the integers of every 16 columns, <c>[Tokens][QuantStride / 16]</c>.</summary>
    public short* Sums { get; init; }

    /// <summary>
    /// <see cref="ActivationParts.Offsets"/>: -128 times <see cref="Sums"/>, <c>[Tokens][QuantStride / 16]</c>: what products with weights that had 128
    /// added, to be unsigned, start from.
    /// </summary>
    public int* Offsets { get; init; }

    /// <summary>
    /// <see cref="ActivationParts.ScaledSums"/>: scale times sum of the integers of every 32 columns, <c>[Tokens][QuantStride / 32]</c>: what weights of 1
    /// would give, and so what a minimum takes off.
    /// </summary>
    public float* ScaledSums { get; init; }

    /// <summary>
    /// <see cref="ActivationParts.SumTables"/>: for every 64 columns, whose halves have the scaled sums s and t, the numbers <c>a * s + b * t</c> with a and b
    /// from 0 to 3, at <c>a + 4 * b</c>; <c>[Tokens][QuantStride / 64][16]</c>. Two bits each of two minimums select their product in a vector's sixteen lanes:
    /// a look-up where multiplications are dear.
    /// </summary>
    public float* SumTables { get; init; }

    /// <summary>The values of one token.</summary>
    public float* ValuesOf(int token) => Values + ((long)token * ValueStride);

    /// <summary>The integers of one token.</summary>
    public sbyte* QuantsOf(int token) => Quants + ((long)token * QuantStride);

    /// <summary>The scales of one token, one per 32 columns.</summary>
    public float* ScalesOf(int token) => Scales + ((long)token * (QuantStride / 32));

    /// <summary>The sums of one token, one per 16 columns.</summary>
    public short* SumsOf(int token) => Sums + ((long)token * (QuantStride / 16));

    /// <summary>The offsets of one token, one per 16 columns.</summary>
    public int* OffsetsOf(int token) => Offsets + ((long)token * (QuantStride / 16));

    /// <summary>The scaled sums of one token, one per 32 columns.</summary>
    public float* ScaledSumsOf(int token) => ScaledSums + ((long)token * (QuantStride / 32));

    /// <summary>The tables of one token, sixteen numbers per 64 columns.</summary>
    public float* SumTablesOf(int token) => SumTables + ((long)token * (QuantStride / 4));

    /// <summary>A batch of some of the tokens, in every part that this one has.</summary>
    /// <param name="first">The first token.</param>
    /// <param name="count">How many.</param>
    public ActivationBatch Slice(int first, int count) => new()
    {
        Tokens = count,
        Columns = Columns,
        Values = ValuesOf(first),
        ValueStride = ValueStride,
        Quants = Quants == null ? null : QuantsOf(first),
        QuantStride = QuantStride,
        Scales = Scales == null ? null : ScalesOf(first),
        Sums = Sums == null ? null : SumsOf(first),
        Offsets = Offsets == null ? null : OffsetsOf(first),
        ScaledSums = ScaledSums == null ? null : ScaledSumsOf(first),
        SumTables = SumTables == null ? null : SumTablesOf(first),
    };
}
