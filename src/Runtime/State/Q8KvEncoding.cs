using System.Runtime.CompilerServices;
using Tessera.Runtime.Vectors;

namespace Tessera.Runtime.State;

/// <summary>
/// Keys and values as signed bytes, 32 of a position with a binary16 scale: <c>d = max |x| / 127</c>. For every 32 indices a block holds the scales of its
/// 16 positions, then the bytes: of keys [32 indices][16 positions], of values [2 lanes][16 positions][16 values].
/// </summary>
internal readonly unsafe struct Q8KvEncoding : IFloatKvEncoding
{
    private const int GroupLength = 32;
    private const int ScaleBytes = KvLayout.BlockPositions * sizeof(ushort);
    private const int GroupBytes = ScaleBytes + (GroupLength * KvLayout.BlockPositions);

    public static int KeyBlockBytes(int length) => length % GroupLength == 0
        ? length / GroupLength * GroupBytes
        : throw new TesseraException($"A q8_0 KV cache holds heads in blocks of {GroupLength}, but the model's have {length} values: take f16 or f32.");

    public static int ValueBlockBytes(int length) => KeyBlockBytes(length);

    public static void PackKey(float* key, int length, byte* block, int slot)
    {
        for (; length > 0; length -= GroupLength, key += GroupLength, block += GroupBytes)
        {
            float inverse = PackScale(key, block, slot);
            sbyte* quants = (sbyte*)(block + ScaleBytes);
            for (int i = 0; i < GroupLength; i++)
            {
                quants[KvLayout.OfKey(i, slot)] = (sbyte)MathF.Round(key[i] * inverse);
            }
        }
    }

    public static void PackValue(float* value, int length, byte* block, int slot)
    {
        for (; length > 0; length -= GroupLength, value += GroupLength, block += GroupBytes)
        {
            float inverse = PackScale(value, block, slot);
            sbyte* quants = (sbyte*)(block + ScaleBytes);
            for (int i = 0; i < GroupLength; i++)
            {
                quants[KvLayout.OfValue(i, slot)] = (sbyte)MathF.Round(value[i] * inverse);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float* UnpackKeys<TLanes, TVector>(byte* block, int length, float* scratch)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        float* y = scratch;
        for (; length > 0; length -= GroupLength, block += GroupBytes, y += GroupLength * KvLayout.BlockPositions)
        {
            for (int column = 0; column < KvLayout.BlockPositions; column += TLanes.Count)
            {
                TVector scale = TLanes.WidenHalves((ushort*)block + column);
                sbyte* quants = (sbyte*)block + ScaleBytes + column;
                for (int i = 0; i < GroupLength; i++)
                {
                    TLanes.Store(TLanes.Multiply(TLanes.WidenBytes(quants + (i * KvLayout.BlockPositions)), scale), y + (i * KvLayout.BlockPositions) + column);
                }
            }
        }

        return scratch;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float* UnpackValues<TLanes, TVector>(byte* blocks, int count, int length, float* scratch)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        float* y = scratch;
        float* scales = stackalloc float[KvLayout.BlockPositions];
        for (int group = count * length / GroupLength; group > 0; group--, blocks += GroupBytes)
        {
            for (int column = 0; column < KvLayout.BlockPositions; column += TLanes.Count)
            {
                TLanes.Store(TLanes.WidenHalves((ushort*)blocks + column), scales + column);
            }

            sbyte* quants = (sbyte*)blocks + ScaleBytes;
            for (int row = 0; row < 2 * KvLayout.BlockPositions; row++, quants += KvLayout.Lanes, y += KvLayout.Lanes)
            {
                TVector scale = TLanes.Broadcast(scales + (row % KvLayout.BlockPositions));
                for (int column = 0; column < KvLayout.Lanes; column += TLanes.Count)
                {
                    TLanes.Store(TLanes.Multiply(TLanes.WidenBytes(quants + column), scale), y + column);
                }
            }
        }

        return scratch;
    }

    /// <summary>Writes the scale of 32 values.</summary>
    /// <returns>What the values are multiplied with before they are rounded.</returns>
    private static float PackScale(float* values, byte* group, int slot)
    {
        float largest = 0;
        for (int i = 0; i < GroupLength; i++)
        {
            largest = MathF.Max(largest, MathF.Abs(values[i]));
        }

        float scale = largest / 127;
        HalfVectors.Store(&scale, (ushort*)group + slot, 1);
        return scale == 0 ? 0 : 1 / scale;
    }
}
