using Tessera.Runtime.Memory;
using Tessera.Runtime.State;

namespace Tessera.Runtime.Attention;

/// <summary>What one thread needs of memory to attend.</summary>
internal sealed unsafe class AttentionScratch : IDisposable
{
    private const int Alignment = 16;

    private readonly NativeBuffer _buffer = new();
    private int _taken;

    public float* Queries { get; private set; }

    /// <summary>The tile whose queries are there, or -1.</summary>
    public int PackedTile { get; set; }

    public float* Scores { get; private set; }

    public float* KeyPanel { get; private set; }

    public float* ValuePanel { get; private set; }

    /// <summary>Sums over all chunks so far.</summary>
    public AttentionSums Sums { get; private set; }

    /// <summary>Sums over one chunk.</summary>
    public AttentionSums Next { get; private set; }

    public bool TryTake() => Interlocked.CompareExchange(ref _taken, 1, 0) == 0;

    public void GiveBack() => Volatile.Write(ref _taken, 0);

    /// <param name="rows">Rows of a tile, a multiple of 8.</param>
    /// <param name="keyLength">The keys' length.</param>
    /// <param name="valueLength">The values' length, filled up to whole lanes.</param>
    public void Reserve(int rows, int keyLength, int valueLength)
    {
        long queries = Aligned((long)rows * (keyLength + 1));
        long scores = (long)rows * AttentionTile.ChunkPositions;
        long keyPanel = (long)keyLength * KvLayout.BlockPositions;
        long valuePanel = (long)valueLength * AttentionTile.ValuePositions;
        long sums = Aligned(AttentionSums.Length(rows, valueLength));
        PackedTile = -1;
        Queries = (float*)_buffer.Reserve((queries + scores + keyPanel + valuePanel + (2 * sums)) * sizeof(float));
        Scores = Queries + queries;
        KeyPanel = Scores + scores;
        ValuePanel = KeyPanel + keyPanel;
        Sums = new AttentionSums(ValuePanel + valuePanel, rows, valueLength);
        Next = new AttentionSums(ValuePanel + valuePanel + sums, rows, valueLength);
    }

    public void Dispose() => _buffer.Dispose();

    private static long Aligned(long count) => (count + Alignment - 1) / Alignment * Alignment;
}
