using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Tessera.Runtime.Vectors;

namespace Tessera.Runtime.State;

/// <summary>Keys and values as IEEE 754 binary16.</summary>
internal readonly unsafe struct F16KvEncoding : IFloatKvEncoding
{
    public static int KeyBlockBytes(int length) => length * KvLayout.BlockPositions * sizeof(ushort);

    public static int ValueBlockBytes(int length) => KeyBlockBytes(KvLayout.Padded(length));

    public static void PackKey(float* key, int length, byte* block, int slot)
    {
        ushort* halves = stackalloc ushort[KvLayout.Lanes];
        ushort* values = (ushort*)block;
        for (int i = 0; i < length; i += KvLayout.Lanes)
        {
            int count = Math.Min(KvLayout.Lanes, length - i);
            HalfVectors.Store(key + i, halves, count);
            for (int j = 0; j < count; j++)
            {
                values[KvLayout.OfKey(i + j, slot)] = halves[j];
            }
        }
    }

    public static void PackValue(float* value, int length, byte* block, int slot)
    {
        ushort* values = (ushort*)block;
        for (int i = 0; i < length; i += KvLayout.Lanes)
        {
            HalfVectors.Store(value + i, values + KvLayout.OfValue(i, slot), Math.Min(KvLayout.Lanes, length - i));
        }
    }

    public static float* UnpackKeys<TLanes, TVector>(byte* block, int length, float* scratch)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct => Unpack<TLanes, TVector>(block, length * KvLayout.BlockPositions, scratch);

    public static float* UnpackValues<TLanes, TVector>(byte* blocks, int count, int length, float* scratch)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct => Unpack<TLanes, TVector>(blocks, count * KvLayout.Padded(length) * KvLayout.BlockPositions, scratch);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float* Unpack<TLanes, TVector>(byte* block, int count, float* scratch)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        ushort* halves = (ushort*)block;
        nint i = 0;
        for (; i <= count - (4 * TLanes.Count); i += 4 * TLanes.Count)
        {
            // What comes next is on its way while this is multiplied.
            Prefetch(halves + i + count);
            Prefetch(halves + i + count + 32);
            TVector a = TLanes.WidenHalves(halves + i);
            TVector b = TLanes.WidenHalves(halves + i + TLanes.Count);
            TVector c = TLanes.WidenHalves(halves + i + (2 * TLanes.Count));
            TVector d = TLanes.WidenHalves(halves + i + (3 * TLanes.Count));
            TLanes.Store(a, scratch + i);
            TLanes.Store(b, scratch + i + TLanes.Count);
            TLanes.Store(c, scratch + i + (2 * TLanes.Count));
            TLanes.Store(d, scratch + i + (3 * TLanes.Count));
        }

        for (; i < count; i += TLanes.Count)
        {
            TLanes.Store(TLanes.WidenHalves(halves + i), scratch + i);
        }

        return scratch;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(ushort* source)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(source);
        }
    }
}
