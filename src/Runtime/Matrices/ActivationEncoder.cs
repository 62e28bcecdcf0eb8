using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tessera.Numerics;
using Tessera.Runtime.Memory;
using Tessera.Runtime.Threads;
using Tessera.Runtime.Vectors;

namespace Tessera.Runtime.Matrices;

/// <summary>Encodes the input of matrix products: what the matrices read of <see cref="ActivationParts.Q8"/>.</summary>
internal sealed unsafe class ActivationEncoder : Operation, IDisposable
{
    private const int BlockColumns = 32;
    private const int SumColumns = 16;
    private const int LineColumns = 64;
    private const int TableColumns = 64;
    private const int TableLength = 16;
    private const int GroupBlocks = 8;
    private const int GroupColumns = GroupBlocks * BlockColumns;

    /// <summary>With fewer tokens for a thread than this, tokens are shared out in parts.</summary>
    private const int TokensPerThread = 4;
    private const int GroupsPerItem = 2;

    /// <summary>Blocks whose largest value is below this are zeros: the inverse of their scale would be infinite.</summary>
    private const float Smallest = 1e-36f;

    private readonly NativeBuffer _quants = new();
    private readonly NativeBuffer _scales = new();
    private readonly NativeBuffer _sums = new();
    private readonly NativeBuffer _offsets = new();
    private readonly NativeBuffer _scaledSums = new();
    private readonly NativeBuffer _sumTables = new();
    private ActivationRows _x;
    private ActivationParts _parts;
    private int _stride;
    private int _itemColumns;
    private int _itemsPerToken;

    /// <summary>The batch with the wanted parts; valid until the next call.</summary>
    public ActivationBatch Encode(WorkerPool pool, ActivationRows x, ActivationParts parts)
    {
        if ((parts & ActivationParts.Q8) == 0)
        {
            return new ActivationBatch { Tokens = x.Rows, Columns = x.Columns, Values = x.Data, ValueStride = x.Stride };
        }

        // Tables are made of scaled sums.
        _parts = Has(parts, ActivationParts.SumTables) ? parts | ActivationParts.ScaledSums : parts;
        _x = x;
        _stride = OddLines(x.Columns) * LineColumns;
        long quants = (long)x.Rows * _stride;
        var batch = new ActivationBatch
        {
            Tokens = x.Rows,
            Columns = x.Columns,
            Values = x.Data,
            ValueStride = x.Stride,
            Quants = (sbyte*)_quants.Reserve(quants),
            QuantStride = _stride,
            Scales = (float*)_scales.Reserve(quants / BlockColumns * sizeof(float)),
            Sums = (short*)Reserve(ActivationParts.Sums, _sums, quants / SumColumns * sizeof(short)),
            Offsets = (int*)Reserve(ActivationParts.Offsets, _offsets, quants / SumColumns * sizeof(int)),
            ScaledSums = (float*)Reserve(ActivationParts.ScaledSums, _scaledSums, quants / BlockColumns * sizeof(float)),
            SumTables = (float*)Reserve(ActivationParts.SumTables, _sumTables, quants / TableColumns * TableLength * sizeof(float)),
        };
        int groups = (_stride + GroupColumns - 1) / GroupColumns;
        _itemColumns = x.Rows < TokensPerThread * pool.Threads ? GroupsPerItem * GroupColumns : groups * GroupColumns;
        _itemsPerToken = (_stride + _itemColumns - 1) / _itemColumns;
        pool.Run(this, x.Rows * _itemsPerToken);
        return batch;
    }

    public void Dispose()
    {
        _quants.Dispose();
        _scales.Dispose();
        _sums.Dispose();
        _offsets.Dispose();
        _scaledSums.Dispose();
        _sumTables.Dispose();
    }

    [SkipLocalsInit]
    public override void Execute(int item)
    {
        (int token, int part) = Math.DivRem(item, _itemsPerToken);
        int last = Math.Min(_stride, (part + 1) * _itemColumns);
        float* x = _x.PointerTo(token);
        float* padded = stackalloc float[GroupColumns];
        for (int column = part * _itemColumns; column < last; column += GroupColumns)
        {
            float* values = x + column;
            int present = _x.Columns - column;
            if (present < GroupColumns)
            {
                var copy = new Span<float>(padded, GroupColumns);
                copy.Clear();
                new ReadOnlySpan<float>(values, Math.Max(0, present)).CopyTo(copy);
                values = padded;
            }

            EncodeGroup(values, ((long)token * _stride) + column, Math.Min(GroupColumns, _stride - column) / BlockColumns);
        }
    }

    private static bool Has(ActivationParts parts, ActivationParts part) => (parts & part) != 0;

    private byte* Reserve(ActivationParts part, NativeBuffer buffer, long bytes) => Has(_parts, part) ? buffer.Reserve(bytes) : null;

    /// <summary>Cache lines from one token to the next: an odd number, which spreads the tokens of a tile over all sets of a cache.</summary>
    private static int OddLines(int columns) => ((columns + LineColumns - 1) / LineColumns) | 1;

    /// <summary>Encodes eight blocks together, a lane each wherever a block has one value.</summary>
    /// <param name="x">Their 256 values.</param>
    /// <param name="place">Columns of the encoded batch before them.</param>
    /// <param name="blocks">How many of them the batch has room for.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void EncodeGroup(float* x, long place, int blocks)
    {
        Vector256<int>* lanes = stackalloc Vector256<int>[2 * GroupBlocks];
        Vector256<float> magnitude = Magnitudes(x, lanes);
        float* factors = stackalloc float[GroupBlocks];
        Vector256<float> largest = ScaleSearch.BestLargest(FixedPoint(x, Vector256.Create(ScaleSearch.FixedPoint) / magnitude, factors, lanes));

        // What is not a number is not small either, and goes on as such.
        Vector256<float> isEncoded = ~Vector256.LessThan(magnitude, Vector256.Create(Smallest));
        Vector256<float> scales = magnitude / largest & isEncoded;
        Vector256<int>* firstSums = lanes;
        Vector256<int>* secondSums = lanes + GroupBlocks;
        (largest / magnitude & isEncoded).Store(factors);
        sbyte* quants = (sbyte*)_quants.Data + place;
        for (int block = 0; block < GroupBlocks; block++, x += BlockColumns)
        {
            Vector256<float> inverse = Vector256.Create(factors[block]);
            Vector256<int> a = Round(Vector256.Load(x) * inverse), b = Round(Vector256.Load(x + 8) * inverse);
            Vector256<int> c = Round(Vector256.Load(x + 16) * inverse), d = Round(Vector256.Load(x + 24) * inverse);
            firstSums[block] = a + b;
            secondSums[block] = c + d;
            if (block < blocks)
            {
                Vector256.NarrowWithSaturation(Vector256.NarrowWithSaturation(a, b), Vector256.NarrowWithSaturation(c, d))
                    .Store(quants + (block * BlockColumns));
            }
        }

        StoreFirst(scales, (float*)_scales.Data + (place / BlockColumns), blocks);
        if ((_parts & ActivationParts.Q8) != ActivationParts.Quants)
        {
            StoreSums(scales, Sum(firstSums), Sum(secondSums), place, blocks);
        }
    }

    private void StoreTables(long place, int blocks)
    {
        float* scaledSums = (float*)_scaledSums.Data + (place / BlockColumns);
        float* tables = (float*)_sumTables.Data + (place / TableColumns * TableLength);
        for (int block = 0; block < blocks; block += TableColumns / BlockColumns, tables += TableLength)
        {
            Vector128<float> first = Vector128.Create(0f, 1, 2, 3) * scaledSums[block];
            for (int b = 0; b < 4; b++)
            {
                (first + Vector128.Create(b * scaledSums[block + 1])).Store(tables + (4 * b));
            }
        }
    }

    private void StoreSums(Vector256<float> scales, Vector256<int> first, Vector256<int> second, long place, int blocks)
    {
        if (Has(_parts, ActivationParts.ScaledSums))
        {
            StoreFirst(scales * Vector256.ConvertToSingle(first + second), (float*)_scaledSums.Data + (place / BlockColumns), blocks);
        }

        if (Has(_parts, ActivationParts.SumTables))
        {
            StoreTables(place, blocks);
        }

        if (Has(_parts, ActivationParts.Sums))
        {
            StoreFirst((second << 16) | (first & Vector256.Create(0xFFFF)), (int*)((short*)_sums.Data + (place / SumColumns)), blocks);
        }

        if (Has(_parts, ActivationParts.Offsets))
        {
            StoreOffsets(first, second, place, blocks);
        }
    }

    private void StoreOffsets(Vector256<int> first, Vector256<int> second, long place, int blocks)
    {
        (Vector256<ulong> firstLower, Vector256<ulong> firstUpper) = Vector256.Widen((first * -128).AsUInt32());
        (Vector256<ulong> secondLower, Vector256<ulong> secondUpper) = Vector256.Widen((second * -128).AsUInt32());
        ulong* offsets = (ulong*)((int*)_offsets.Data + (place / SumColumns));
        StoreFirst(firstLower | (secondLower << 32), offsets, Math.Min(blocks, Vector256<ulong>.Count));
        StoreFirst(firstUpper | (secondUpper << 32), offsets + Vector256<ulong>.Count, Math.Max(0, blocks - Vector256<ulong>.Count));
    }

    private static void StoreFirst<T>(Vector256<T> v, T* place, int count)
        where T : unmanaged
    {
        if (count == Vector256<T>.Count)
        {
            v.Store(place);
            return;
        }

        for (int i = 0; i < count; i++)
        {
            place[i] = v[i];
        }
    }

    private static Vector256<int> Round(Vector256<float> v) =>
        Avx.IsSupported ? Avx.ConvertToVector256Int32(v) : Vector256.ConvertToInt32Native(Vector256.Round(v));

    /// <summary>
    /// The largest magnitude of each block, compared as integers, which order as floats do; what is not a number is larger than all that are.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Magnitudes(float* x, Vector256<int>* lanes)
    {
        for (int block = 0; block < GroupBlocks; block++, x += BlockColumns)
        {
            lanes[block] = Vector256.Max(
                Vector256.Max(Vector256.Abs(Vector256.Load(x)).AsInt32(), Vector256.Abs(Vector256.Load(x + 8)).AsInt32()),
                Vector256.Max(Vector256.Abs(Vector256.Load(x + 16)).AsInt32(), Vector256.Abs(Vector256.Load(x + 24)).AsInt32()));
        }

        LaneTransposition.Transpose(lanes);
        return Vector256.Max(
            Vector256.Max(Vector256.Max(lanes[0], lanes[1]), Vector256.Max(lanes[2], lanes[3])),
            Vector256.Max(Vector256.Max(lanes[4], lanes[5]), Vector256.Max(lanes[6], lanes[7]))).AsSingle();
    }

    /// <summary>The values as integers of 16 bits, [pair of columns][block][2]; the pairs are in any order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short>* FixedPoint(float* x, Vector256<float> factors, float* factor, Vector256<int>* lanes)
    {
        factors.Store(factor);
        for (int block = 0; block < GroupBlocks; block++, x += BlockColumns)
        {
            Vector256<float> f = Vector256.Create(factor[block]);
            lanes[block] = Pack(Vector256.Load(x) * f, Vector256.Load(x + 8) * f).AsInt32();
            lanes[GroupBlocks + block] = Pack(Vector256.Load(x + 16) * f, Vector256.Load(x + 24) * f).AsInt32();
        }

        LaneTransposition.Transpose(lanes);
        LaneTransposition.Transpose(lanes + GroupBlocks);
        return (Vector256<short>*)lanes;
    }

    private static Vector256<short> Pack(Vector256<float> a, Vector256<float> b) => Avx2.IsSupported
        ? Avx2.PackSignedSaturate(Round(a), Round(b))
        : Vector256.NarrowWithSaturation(Round(a), Round(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Sum(Vector256<int>* lanes)
    {
        LaneTransposition.Transpose(lanes);
        return lanes[0] + lanes[1] + (lanes[2] + lanes[3]) + (lanes[4] + lanes[5] + (lanes[6] + lanes[7]));
    }
}
