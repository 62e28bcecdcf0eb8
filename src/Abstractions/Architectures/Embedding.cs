using Tessera.Quantization;

namespace Tessera.Architectures;

/// <summary>A table whose rows are looked up by token id and dequantized.</summary>
/// <param name="Format">The format that the rows are stored in.</param>
/// <param name="Source">The table in the file, [rows, columns].</param>
public sealed record Embedding(IQuantFormat Format, WeightSource Source);
