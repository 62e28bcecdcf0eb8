namespace Tessera.Architectures;

/// <summary>
/// A model architecture: which tensors a file must hold and how they become a model. Export it with <see cref="ExportArchitectureAttribute"/> and
/// <c>[Shared]</c>.
/// </summary>
public interface IArchitecture
{
    /// <summary>Takes the model's tensors and hyperparameters from the file.</summary>
    /// <param name="builder">Gives metadata and bound tensors, with their shapes checked.</param>
    /// <exception cref="Gguf.GgufException">A key or tensor is missing or does not fit.</exception>
    IModel Build(IModelBuilder builder);
}
