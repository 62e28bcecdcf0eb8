namespace Tessera.Plugins.Management;

/// <summary>The checksum of entries in ZIP archives: CRC-32 with the polynomial 0x04C11DB7, bits reflected.</summary>
internal struct Crc32
{
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(EntryOf)];

    private uint _value;

    /// <summary>The checksum of what was added; 0 of nothing.</summary>
    public readonly uint Value => _value;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        uint crc = ~_value;
        foreach (byte b in bytes)
        {
            crc = Table[(byte)(crc ^ b)] ^ (crc >> 8);
        }

        _value = ~crc;
    }

    private static uint EntryOf(int value)
    {
        uint entry = (uint)value;
        for (int bit = 0; bit < 8; bit++)
        {
            entry = (entry >> 1) ^ ((entry & 1) * 0xEDB88320);
        }

        return entry;
    }
}
