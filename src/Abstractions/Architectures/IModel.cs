namespace Tessera.Architectures;

/// <summary>
/// A model that is ready to run: four equations over the operators of a forward pass. The host calls them and owns the loop over the layers. A model is
/// immutable: all state of a text is in what it has declared.
/// </summary>
public interface IModel
{
    /// <summary>The model's shape.</summary>
    ModelShape Shape { get; }

    /// <summary>What goes into the first layer.</summary>
    /// <param name="pass">The batch and the operators.</param>
    /// <returns>[T, width].</returns>
    Tensor Embed(IForwardPass pass);

    /// <summary>One layer. In the last one it passes on the rows that somebody waits for, see <see cref="IForwardPass.Wanted"/>.</summary>
    /// <param name="pass">The batch and the operators.</param>
    /// <param name="layer">Its number, from 0.</param>
    /// <param name="x">[T, width].</param>
    /// <returns>[T, width]; of the last layer [wanted, width].</returns>
    Tensor Layer(IForwardPass pass, int layer, Tensor x);

    /// <summary>What stands between the last layer and the logits, usually a norm. Embeddings of texts are pooled from it.</summary>
    /// <param name="pass">The batch and the operators.</param>
    /// <param name="x">[wanted, width].</param>
    /// <returns>[wanted, width].</returns>
    Tensor Hidden(IForwardPass pass, Tensor x);

    /// <summary>The logits.</summary>
    /// <param name="pass">The batch and the operators.</param>
    /// <param name="hidden">[wanted, width].</param>
    /// <returns>[wanted, vocabulary].</returns>
    Tensor Logits(IForwardPass pass, Tensor hidden);
}
