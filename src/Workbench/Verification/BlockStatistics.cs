namespace Tessera.Workbench.Verification;

/// <summary>What was seen of a tensor's values, block by block and row by row. Parts are seen by different threads and then joined.</summary>
internal sealed class BlockStatistics
{
    /// <summary>
    /// Blocks larger than the median by more binary orders of magnitude than this have a damaged scale: trained weights have outliers of a few hundred
    /// times the usual, a flipped bit in the exponent of a half-precision scale makes 2^4 to 2^16.
    /// </summary>
    private const int AbsurdOrders = 12;

    // Of F32 from its smallest subnormal number on.
    private const int SmallestOrder = -150;
    private const int Orders = 300;

    private readonly long[] _blocksByOrder = new long[Orders];
    private readonly (long Block, float Magnitude)[] _firstOfOrder = new (long, float)[Orders];
    private bool _zeroSoFar;

    public long Blocks { get; private set; }

    public long Rows { get; private set; }

    public long NotFinite { get; private set; }

    /// <summary>The first value that is no finite number.</summary>
    public long FirstNotFinite { get; private set; } = long.MaxValue;

    public long ZeroRows { get; private set; }

    public long FirstZeroRow { get; private set; } = long.MaxValue;

    /// <summary>Adds whole blocks of a row; a row's parts come one after the other.</summary>
    public void Add(long row, long column, long columns, ReadOnlySpan<float> values, int blockElements)
    {
        bool zero = column == 0 || _zeroSoFar;
        long firstValue = (row * columns) + column;
        for (int start = 0; start < values.Length; start += blockElements)
        {
            ReadOnlySpan<float> block = values.Slice(start, blockElements);
            float largest = 0;
            for (int i = 0; i < block.Length; i++)
            {
                float magnitude = Math.Abs(block[i]);
                if (!float.IsFinite(magnitude))
                {
                    NotFinite++;
                    FirstNotFinite = Math.Min(FirstNotFinite, firstValue + start + i);
                }
                else
                {
                    largest = Math.Max(largest, magnitude);
                }
            }

            AddBlock((firstValue + start) / blockElements, largest);
            zero &= largest == 0;
        }

        _zeroSoFar = zero;
        if (column + values.Length == columns)
        {
            Rows++;
            ZeroRows += zero ? 1 : 0;
            FirstZeroRow = zero ? Math.Min(FirstZeroRow, row) : FirstZeroRow;
        }
    }

    public void Add(BlockStatistics other)
    {
        Blocks += other.Blocks;
        Rows += other.Rows;
        NotFinite += other.NotFinite;
        FirstNotFinite = Math.Min(FirstNotFinite, other.FirstNotFinite);
        ZeroRows += other.ZeroRows;
        FirstZeroRow = Math.Min(FirstZeroRow, other.FirstZeroRow);
        for (int order = 0; order < Orders; order++)
        {
            if (other._blocksByOrder[order] > 0 && (_blocksByOrder[order] == 0 || other._firstOfOrder[order].Block < _firstOfOrder[order].Block))
            {
                _firstOfOrder[order] = other._firstOfOrder[order];
            }

            _blocksByOrder[order] += other._blocksByOrder[order];
        }
    }

    /// <summary>
    /// Blocks that are absurdly large beside the others: how many, the first of them, its largest magnitude, and the order of the usual ones.
    /// </summary>
    public (long Count, long First, float Magnitude, double Usual)? FindAbsurdBlocks()
    {
        long half = (_blocksByOrder.Sum() + 1) / 2;
        int median = 0;
        for (long seen = 0; median < Orders && (seen += _blocksByOrder[median]) < half; median++)
        {
        }

        int firstAbsurd = Math.Min(Orders, median + AbsurdOrders + 1);
        long count = _blocksByOrder.AsSpan(firstAbsurd).ToArray().Sum();
        if (count == 0)
        {
            return null;
        }

        (long block, float magnitude) = Enumerable.Range(firstAbsurd, Orders - firstAbsurd)
            .Where(order => _blocksByOrder[order] > 0).Select(order => _firstOfOrder[order]).MinBy(first => first.Block);
        return (count, block, magnitude, Math.ScaleB(1, median + SmallestOrder));
    }

    /// <summary>Blocks of zeros have no magnitude and say nothing about the others'.</summary>
    private void AddBlock(long block, float largest)
    {
        Blocks++;
        if (largest > 0)
        {
            int order = Math.ILogB(largest) - SmallestOrder;
            if (_blocksByOrder[order]++ == 0 || block < _firstOfOrder[order].Block)
            {
                _firstOfOrder[order] = (block, largest);
            }
        }
    }
}
