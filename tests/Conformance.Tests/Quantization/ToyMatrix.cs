using Tessera.Numerics;
using Tessera.Quantization;

namespace Tessera.Conformance.Tests.Quantization;

/// <summary>Products of a <see cref="ToyFormat"/>'s rows, in double precision, with one flaw or none.</summary>
internal sealed unsafe class ToyMatrix : IWeightMatrix
{
    // 32 products of random bytes have a standard deviation of about 30,000; the largest sum is 520,192.
    private const int LargestSum = 400_000;

    private readonly WeightSource _source;
    private readonly FormatFlaw _flaw;
    private readonly byte[]? _packed;
    private readonly bool _assembled;
    private int _owner;

    public ToyMatrix(in WeightSource source, KernelOptions options, FormatFlaw flaw)
    {
        _source = source;
        _flaw = flaw;
        _assembled = options.MachineCode is not null;
        _ = source.BlocksPerRow(new BlockGeometry(ToyFormat.Elements, ToyFormat.Bytes));
        if (!options.Repack)
        {
            return;
        }

        ReadsSource = false;
        if (flaw == FormatFlaw.ReadsTheSourceSecretly)
        {
            return;
        }

        _packed = GC.AllocateUninitializedArray<byte>(checked((int)(source.Rows * source.RowBytes)), pinned: true);
        new ReadOnlySpan<byte>(source.Data, _packed.Length).CopyTo(_packed);
        for (int i = 0; flaw == FormatFlaw.PackedDiffers && i < _packed.Length; i += ToyFormat.Bytes)
        {
            _packed[i] &= 0xF0;
        }
    }

    public int Rows => _flaw == FormatFlaw.WrongShape ? _source.Rows + 1 : _source.Rows;

    public int Columns => _source.Columns;

    public ActivationParts Reads => ActivationParts.Quants;

    public int RowGranularity => 1;

    public bool ReadsSource { get; } = true;

    public void Multiply(in ActivationBatch x, in OutputTile y)
    {
        if (_flaw == FormatFlaw.Allocates)
        {
            GC.KeepAlive(new byte[x.Tokens]);
        }

        // Scratch that serves the thread that came first, and no other.
        int thread = Environment.CurrentManagedThreadId;
        bool alone = _flaw != FormatFlaw.SharesScratch || (Interlocked.CompareExchange(ref _owner, thread, 0) is var owner && (owner == 0 || owner == thread));
        int rows = y.RowCount + (_flaw == FormatFlaw.WritesOutsideTheTile && y.FirstRow + y.RowCount < _source.Rows ? 1 : 0);
        for (int token = 0; token < x.Tokens; token++)
        {
            float* output = y.Values + ((long)token * y.Stride);
            for (int row = y.FirstRow; row < y.FirstRow + rows; row++)
            {
                int read = _flaw == FormatFlaw.WrongTail && row >= _source.Rows / 4 * 4 && row > 0 ? row - 1 : row;
                output[row] = alone ? Result(read, x, token) : 0;
            }
        }

        if (_flaw == FormatFlaw.WritesPastTheEnd)
        {
            y.Values[((long)x.Tokens - 1) * y.Stride + _source.Rows] = 0;
        }
    }

    public void Dispose()
    {
    }

    private float Result(int row, in ActivationBatch x, int token)
    {
        double sum = Sum(row, x, token);
        float result = _flaw == FormatFlaw.DependsOnTheBatch && x.Tokens >= 4 ? MathF.BitIncrement((float)sum) : (float)sum;
        return _flaw switch
        {
            FormatFlaw.DividesByTheScale => result / x.ScalesOf(token)[0] * x.ScalesOf(token)[0],
            FormatFlaw.ReadsUnnamedParts => result + (x.SumsOf(token)[0] * 1e-3f),
            FormatFlaw.HidesNaN => float.IsFinite(result) ? result : 0,
            FormatFlaw.SpreadsNaN => result + (0 * Everything(x)),
            FormatFlaw.AssembledDiffers when _assembled => MathF.BitIncrement(result),
            _ => result,
        };
    }

    private double Sum(int row, in ActivationBatch x, int token)
    {
        int blocks = Columns / ToyFormat.Elements;
        int last = blocks + (_flaw == FormatFlaw.ForgetsTheLastBlock ? -1 : _flaw == FormatFlaw.ReadsPastTheEnd ? 1 : 0);
        double sum = 0;
        for (int i = 0; i < last; i++)
        {
            byte* block = BlockAt(row, i);
            sbyte* q = x.QuantsOf(token) + (Math.Min(i, blocks - 1) * ToyFormat.Elements);
            int dot = 0;
            for (int c = 0; c < ToyFormat.Elements; c++)
            {
                dot += (sbyte)block[2 + c] * q[c];
            }

            dot = _flaw == FormatFlaw.Saturates ? Math.Clamp(dot, -LargestSum, LargestSum) : dot;
            sum += i < blocks ? ScaleOf(block) * dot * x.ScalesOf(token)[i] : 0;
        }

        return sum;
    }

    private float Everything(in ActivationBatch x)
    {
        float sum = 0;
        for (int i = 0; i < x.Tokens * (x.QuantStride / 32); i++)
        {
            sum += x.Scales[i];
        }

        for (int row = 0; row < _source.Rows; row++)
        {
            for (int i = 0; i < Columns / ToyFormat.Elements; i++)
            {
                sum += (float)ScaleOf(BlockAt(row, i));
            }
        }

        return sum;
    }

    private double ScaleOf(byte* block)
    {
        ushort bits = *(ushort*)block;
        return (double)BitConverter.UInt16BitsToHalf((ushort)(_flaw == FormatFlaw.RoundsScales ? bits & 0xFFF0 : bits));
    }

    private byte* BlockAt(int row, int block)
    {
        byte* first = _packed is null ? _source.Data : (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref _packed[0]);
        byte* at = first + (row * _source.RowBytes) + (block * ToyFormat.Bytes);
        return _flaw == FormatFlaw.NeedsAlignment ? (byte*)((nuint)at & ~(nuint)1) : at;
    }
}
