namespace Tessera.Quantization;

/// <summary>The size of a format's block in weights and in bytes, as in the file.</summary>
/// <param name="Elements">Weights per block; rows are whole blocks.</param>
/// <param name="Bytes">Bytes per block.</param>
public readonly record struct BlockGeometry(int Elements, int Bytes);
