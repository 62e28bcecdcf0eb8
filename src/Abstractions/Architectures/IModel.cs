namespace Tessera.Architectures;

/// <summary>A model that is ready to run. It is immutable: all state of a conversation is in the forward pass' KV cache.</summary>
public interface IModel
{
    /// <summary>The model's shape.</summary>
    ModelShape Shape { get; }

    /// <summary>
    /// Runs the tokens of a batch through the model. When a model is built the host runs it once over shapes alone: nothing is computed then, and all
    /// values are zero.
    /// </summary>
    /// <param name="pass">The batch and the operators.</param>
    /// <returns>The logits, [output positions, vocabulary].</returns>
    Tensor Forward(IForwardPass pass);
}
