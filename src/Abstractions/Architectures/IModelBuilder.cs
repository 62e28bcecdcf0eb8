using Tessera.Gguf;

namespace Tessera.Architectures;

/// <summary>
/// What an architecture builds a model from. Every getter checks the tensor's shape and throws <see cref="GgufException"/>, naming the
/// tensor with both shapes, when it differs. A tensor is bound once. Tensors that nobody asks for stay unread; but
/// one of a layer (<c>blk.N.*</c>) that the architecture neither takes nor asks about with <see cref="Has"/> ends loading with an error, because the model without
/// it would be another.
/// </summary>
public interface IModelBuilder
{
    /// <summary>The file's metadata.</summary>
    IGgufMetadata Metadata { get; }

    /// <summary>Whether the file holds a tensor.</summary>
    bool Has(string name);

    /// <summary>A tensor's dimensions as in the file (columns first), for shapes that only the tensor tells.</summary>
    ReadOnlySpan<long> DimensionsOf(string name);

    /// <summary>
    /// A matrix product: <c>y = s W x + b</c>. W is <c>NAME.weight</c>, [outputs, inputs] in row-major order; s is <c>NAME.scale</c> and b is
    /// <c>NAME.bias</c>, where the file has them.
    /// </summary>
    Linear Linear(string name, int inputs, int outputs);

    /// <summary>A table of rows: <c>NAME.weight</c>, [rows, columns].</summary>
    Embedding Embedding(string name, int rows, int columns);

    /// <summary>A matrix product with the table of an embedding (tied output): [rows, columns] of that table.</summary>
    Linear Tied(Embedding embedding);

    /// <summary>A vector of F32 values under its full name, dequantized where it is stored in another format.</summary>
    float[] Vector(string name, int length);
}
