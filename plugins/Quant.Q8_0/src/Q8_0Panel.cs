namespace Tessera.Quant.Q8_0;

/// <summary>
/// A panel of 16 rows side by side, in the order in which a kernel reads it: as many bytes as in the file.
/// <code>
/// offset          bytes
///          0   512 per block   weights + 128, unsigned: 8 steps x 16 rows x 4 bytes; step s has columns 4 s .. 4 s + 3
/// 512 blocks    32 per block   d: 16 halves
/// </code>
/// The scales come after all weights so that no vector of weights crosses a cache line.
/// </summary>
internal static unsafe class Q8_0Panel
{
    public const int Rows = 16;

    /// <summary>What is added to a weight, so that it is unsigned.</summary>
    public const int Offset = 128;

    public const int QuantBytes = Rows * Q8_0Block.Elements;
    public const int ScaleBytes = Rows * sizeof(ushort);
    public const int BlockBytes = QuantBytes + ScaleBytes;

    private const int Steps = Q8_0Block.Elements / sizeof(uint);

    /// <summary>Adds 128 to each of four bytes.</summary>
    private const uint Offsets = 0x8080_8080;

    public static byte* Scales(byte* panel, int blocks) => panel + ((nint)blocks * QuantBytes);

    public static void Pack(byte* source, long rowBytes, int rows, int blocks, byte* panel)
    {
        ushort* scales = (ushort*)Scales(panel, blocks);
        for (int i = 0; i < blocks; i++, source += Q8_0Block.Bytes, panel += QuantBytes, scales += Rows)
        {
            for (int row = 0; row < rows; row++)
            {
                byte* block = source + (row * rowBytes);
                uint* quants = (uint*)Q8_0Block.Quants(block);
                uint* packed = (uint*)panel + row;
                for (int step = 0; step < Steps; step++)
                {
                    packed[step * Rows] = quants[step] ^ Offsets;
                }

                scales[row] = *(ushort*)block;
            }
        }
    }
}
