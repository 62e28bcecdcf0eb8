using System.Runtime.Intrinsics;
using Tessera.Architectures;
using Tessera.Numerics;

namespace Tessera.Compute.Operations;

/// <summary>Encodes the input of matrix products as <see cref="ActivationEncoding.Q8"/>.</summary>
internal sealed unsafe class ActivationEncoder : TokenOperation, IDisposable
{
    private const int BlockColumns = 32;
    private const int SumColumns = 16;
    private const int LineColumns = 64;

    private readonly NativeBuffer _quants = new();
    private readonly NativeBuffer _scales = new();
    private readonly NativeBuffer _sums = new();
    private readonly NativeBuffer _offsets = new();
    private readonly NativeBuffer _scaledSums = new();
    private Tensor _x;
    private int _stride;

    /// <summary>The batch in the wanted encoding; valid until the next call.</summary>
    public ActivationBatch Encode(WorkerPool pool, Tensor x)
    {
        _x = x;
        _stride = OddLines(x.Columns) * LineColumns;
        long quants = (long)x.Rows * _stride;
        _quants.Reserve(quants);
        _scales.Reserve(quants / BlockColumns * sizeof(float));
        _sums.Reserve(quants / SumColumns * sizeof(short));
        _offsets.Reserve(quants / SumColumns * sizeof(int));
        _scaledSums.Reserve(quants / BlockColumns * sizeof(float));
        Run(pool, x.Rows);
        return new ActivationBatch
        {
            Tokens = x.Rows,
            Columns = x.Columns,
            Values = x.Data,
            ValueStride = x.Columns,
            Quants = (sbyte*)_quants.Data,
            QuantStride = _stride,
            Scales = (float*)_scales.Data,
            Sums = (short*)_sums.Data,
            Offsets = (int*)_offsets.Data,
            ScaledSums = (float*)_scaledSums.Data,
        };
    }

    /// <summary>The batch as it is.</summary>
    public static ActivationBatch Plain(Tensor x) => new() { Tokens = x.Rows, Columns = x.Columns, Values = x.Data, ValueStride = x.Columns };

    public void Dispose()
    {
        _quants.Dispose();
        _scales.Dispose();
        _sums.Dispose();
        _offsets.Dispose();
        _scaledSums.Dispose();
    }

    protected override void ExecuteToken(int token)
    {
        float* x = _x.Data + ((long)token * _x.Columns);
        sbyte* quants = (sbyte*)_quants.Data + ((long)token * _stride);
        float* scales = (float*)_scales.Data + ((long)token * _stride / BlockColumns);
        short* sums = (short*)_sums.Data + ((long)token * _stride / SumColumns);
        int* offsets = (int*)_offsets.Data + ((long)token * _stride / SumColumns);
        float* scaledSums = (float*)_scaledSums.Data + ((long)token * _stride / BlockColumns);
        int whole = _x.Columns / BlockColumns * BlockColumns;
        for (int column = 0; column < whole; column += BlockColumns)
        {
            int block = column / BlockColumns;
            EncodeBlock(x + column, quants + column, scales + block, sums + (2 * block), offsets + (2 * block), scaledSums + block);
        }

        float* padded = stackalloc float[BlockColumns];
        for (int column = whole; column < _stride; column += BlockColumns)
        {
            for (int i = 0; i < BlockColumns; i++)
            {
                padded[i] = column + i < _x.Columns ? x[column + i] : 0f;
            }

            int block = column / BlockColumns;
            EncodeBlock(padded, quants + column, scales + block, sums + (2 * block), offsets + (2 * block), scaledSums + block);
        }
    }

    /// <summary>Cache lines from one token to the next: an odd number, which spreads the tokens of a tile over all sets of a cache.</summary>
    private static int OddLines(int columns) => ((columns + LineColumns - 1) / LineColumns) | 1;

    private static void EncodeBlock(float* x, sbyte* quants, float* scale, short* sums, int* offsets, float* scaledSum)
    {
        Vector256<float> a = Vector256.Load(x);
        Vector256<float> b = Vector256.Load(x + 8);
        Vector256<float> c = Vector256.Load(x + 16);
        Vector256<float> d = Vector256.Load(x + 24);
        float max = Max(Vector256.Max(Vector256.Max(Vector256.Abs(a), Vector256.Abs(b)), Vector256.Max(Vector256.Abs(c), Vector256.Abs(d))));
        float inverse = max == 0 ? 0 : ScaleSearch.BestInverse(x, max);
        *scale = max == 0 ? 0 : 1 / inverse;

        Vector256<int> qa = Round(a * inverse), qb = Round(b * inverse), qc = Round(c * inverse), qd = Round(d * inverse);
        Vector256.Narrow(Vector256.Narrow(qa, qb), Vector256.Narrow(qc, qd)).Store(quants);
        int first = Sum(qa + qb), second = Sum(qc + qd);
        sums[0] = (short)first;
        sums[1] = (short)second;
        offsets[0] = -128 * first;
        offsets[1] = -128 * second;
        *scaledSum = *scale * (first + second);
    }

    private static Vector256<int> Round(Vector256<float> v) => Vector256.ConvertToInt32Native(Vector256.Round(v));

    private static int Sum(Vector256<int> v)
    {
        Vector128<int> s = v.GetLower() + v.GetUpper();
        s += Vector128.Shuffle(s, Vector128.Create(2, 3, 0, 1));
        return s[0] + s[1];
    }

    private static float Max(Vector256<float> v)
    {
        Vector128<float> m = Vector128.Max(v.GetLower(), v.GetUpper());
        m = Vector128.Max(m, Vector128.Shuffle(m, Vector128.Create(2, 3, 0, 1)));
        return Vector128.Max(m, Vector128.Shuffle(m, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }
}
