namespace Tessera.Architectures;

/// <summary>What the host must know of a model to run it. States are declared one by one, see <see cref="IModelBuilder.Cache"/>.</summary>
/// <param name="Vocabulary">Logits per position, and rows of the table of embeddings.</param>
/// <param name="Width">Values per token between the layers.</param>
/// <param name="Layers">Layers.</param>
/// <param name="ContextLength">Positions that the model was trained for; 0 where the file does not tell.</param>
public sealed record ModelShape(int Vocabulary, int Width, int Layers, int ContextLength)
{
    /// <summary>How the model's hidden states become an embedding of a text.</summary>
    public Pooling Pooling { get; init; }
}
