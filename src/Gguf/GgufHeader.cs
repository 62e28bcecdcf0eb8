namespace Tessera.Gguf;

/// <summary>What <see cref="GgufHeaderReader"/> found: well-formed entries, whose meaning is not checked yet.</summary>
/// <param name="Version">2 or 3.</param>
/// <param name="Keys">The key-value pairs.</param>
/// <param name="KeysEnd">Offset of the first byte after the last of them.</param>
/// <param name="Tensors">The tensor descriptions.</param>
/// <param name="End">Offset of the first byte after the last of them: the header's length without padding.</param>
internal readonly record struct GgufHeader(int Version, GgufNameIndex Keys, int KeysEnd, GgufNameIndex Tensors, int End);
