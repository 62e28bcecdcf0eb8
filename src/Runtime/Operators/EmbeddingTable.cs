using Tessera.Architectures;
using Tessera.Quantization;

namespace Tessera.Runtime.Operators;

/// <summary>A table in the file.</summary>
/// <param name="format">The format that its rows are stored in.</param>
/// <param name="source">The rows.</param>
internal sealed class EmbeddingTable(IQuantFormat format, WeightSource source) : Embedding
{
    public IQuantFormat Format => format;

    public WeightSource Source => source;
}
