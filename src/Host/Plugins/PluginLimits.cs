namespace Tessera.Plugins;

/// <summary>How large a plugin may be. What is larger was made to fill a disk, or is no plugin.</summary>
internal sealed record PluginLimits
{
    public static PluginLimits Default { get; } = new();

    /// <summary>Files and folders.</summary>
    public int Entries { get; init; } = 4096;

    /// <summary>Bytes of all files, unpacked.</summary>
    public long Bytes { get; init; } = 1L << 30;

    /// <summary>Unpacked bytes per packed byte. Assemblies pack to a third; Deflate itself ends at about 1000.</summary>
    public long Ratio { get; init; } = 100;
}
