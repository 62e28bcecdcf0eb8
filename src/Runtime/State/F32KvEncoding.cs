using Tessera.Runtime.Vectors;

namespace Tessera.Runtime.State;

/// <summary>Keys and values as they are.</summary>
internal readonly unsafe struct F32KvEncoding : IFloatKvEncoding
{
    public static int KeyBlockBytes(int length) => length * KvLayout.BlockPositions * sizeof(float);

    public static int ValueBlockBytes(int length) => KeyBlockBytes(KvLayout.Padded(length));

    public static void PackKey(float* key, int length, byte* block, int slot)
    {
        float* values = (float*)block;
        for (int i = 0; i < length; i++)
        {
            values[KvLayout.OfKey(i, slot)] = key[i];
        }
    }

    public static void PackValue(float* value, int length, byte* block, int slot)
    {
        float* values = (float*)block;
        for (int i = 0; i < length; i += KvLayout.Lanes)
        {
            new ReadOnlySpan<float>(value + i, Math.Min(KvLayout.Lanes, length - i))
                .CopyTo(new Span<float>(values + KvLayout.OfValue(i, slot), KvLayout.Lanes));
        }
    }

    public static float* UnpackKeys<TLanes, TVector>(byte* block, int length, float* scratch)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct => (float*)block;

    public static float* UnpackValues<TLanes, TVector>(byte* blocks, int count, int length, float* scratch)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct => (float*)blocks;
}
