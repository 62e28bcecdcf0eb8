namespace Tessera.Loading;

/// <summary>How far loading is.</summary>
/// <param name="Bytes">Bytes of tensors that are ready.</param>
/// <param name="TotalBytes">Bytes of all files.</param>
public readonly record struct LoadProgress(long Bytes, long TotalBytes);
