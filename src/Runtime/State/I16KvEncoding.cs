using Tessera.Runtime.Vectors;

namespace Tessera.Runtime.State;

/// <summary>
/// Keys and values as 16-bit integers with a scale per position. A block of keys is [16 positions' scales][pairs of indices][16 positions][2 indices], a block
/// of values [16 positions' scales][lanes][8 pairs of positions][16 values][2 positions]: 32-bit lanes hold the pairs whose products are added at once.
/// </summary>
internal readonly unsafe struct I16KvEncoding : IKvEncoding
{
    /// <summary>From the beginning of a block to its integers.</summary>
    public const int ScaleBytes = KvLayout.BlockPositions * sizeof(float);

    private const int Lanes = KvLayout.Lanes;
    private const int Positions = KvLayout.BlockPositions;

    public static int KeyBlockBytes(int length) => ScaleBytes + ((length + 1) / 2 * Positions * 2 * sizeof(short));

    public static int ValueBlockBytes(int length) => ScaleBytes + (KvLayout.Padded(length) * Positions * sizeof(short));

    public static void PackKey(float* key, int length, byte* block, int slot)
    {
        float scale = IntegerRounding.ScaleOfKey(key, length);
        ((float*)block)[slot] = scale;
        short* integers = stackalloc short[Lanes];
        int* pairs = (int*)(block + ScaleBytes) + slot;
        for (int i = 0; i < length; i += Lanes)
        {
            int count = Math.Min(Lanes, length - i);
            IntegerRounding.Round(key + i, count, IntegerRounding.Inverse(scale), integers);
            for (int j = 0; j < count; j += 2, pairs += Positions)
            {
                *pairs = *(int*)(integers + j);
            }
        }
    }

    public static void PackValue(float* value, int length, byte* block, int slot)
    {
        float scale = IntegerRounding.ScaleOfValue(value, length);
        float* scales = (float*)block;
        if (slot == 0)
        {
            // A weight of zero times the scale of a position that is not there yet must not become NaN.
            new Span<float>(scales, Positions).Clear();
        }

        scales[slot] = scale;
        short* integers = stackalloc short[Lanes];
        short* destination = (short*)(block + ScaleBytes) + (slot / 2 * 2 * Lanes) + (slot % 2);
        for (int i = 0; i < length; i += Lanes, destination += Lanes * Positions)
        {
            IntegerRounding.Round(value + i, Math.Min(Lanes, length - i), IntegerRounding.Inverse(scale), integers);
            for (int j = 0; j < Lanes; j++)
            {
                destination[2 * j] = integers[j];
            }
        }
    }
}
