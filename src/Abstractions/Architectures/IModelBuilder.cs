using Tessera.Gguf;

namespace Tessera.Architectures;

/// <summary>
/// What an architecture builds a model from. Every getter checks the tensor's shape and throws <see cref="GgufException"/>, naming the
/// tensor with both shapes, when it differs. A tensor is bound once. Tensors that nobody asks for stay unread; but one of a layer
/// (<c>blk.N.*</c>) that the architecture neither takes nor asks about with <see cref="Has"/> ends loading with an error, because the model without it would be
/// another. The host implements it: later minor versions may add members.
/// </summary>
public interface IModelBuilder
{
    /// <summary>The file's metadata.</summary>
    IGgufMetadata Metadata { get; }

    /// <summary>Whether the file holds a tensor.</summary>
    bool Has(string name);

    /// <summary>A tensor's dimensions as in the file (columns first), for shapes that only the tensor tells.</summary>
    ReadOnlySpan<long> DimensionsOf(string name);

    /// <summary>Numbers that equations are made of, such as <c>rope_freqs.weight</c>: a tensor under its full name, as F32.</summary>
    float[] Values(string name, int length);

    /// <summary>Weights that are no matrix: a tensor under its full name.</summary>
    Vector Vector(string name, int length);

    /// <summary>A table of rows: <c>NAME.weight</c>, [rows, columns].</summary>
    Embedding Embedding(string name, int rows, int columns);

    /// <summary>A matrix product: <c>NAME.weight</c>, [outputs, inputs] in row-major order, and <c>NAME.bias</c> where the file has it.</summary>
    /// <param name="name">The tensor's name without <c>.weight</c>.</param>
    /// <param name="inputs">Values per token that go in.</param>
    /// <param name="outputs">Values per token that come out.</param>
    /// <param name="scale">What <c>NAME.scale</c> multiplies, where the family's equations have it and the file too.</param>
    Linear Linear(string name, int inputs, int outputs, LinearScale scale = LinearScale.None);

    /// <summary>A matrix product with the table of an embedding (tied output): [rows, columns] of that table.</summary>
    Linear Tied(Embedding embedding);

    /// <summary>Matrices of one shape: <c>NAME.weight</c>, [count, outputs, inputs], and <c>NAME.bias</c>, [count, outputs], where the file has it.</summary>
    /// <param name="name">The tensor's name without <c>.weight</c>.</param>
    /// <param name="count">Matrices.</param>
    /// <param name="inputs">Values per token that go into each.</param>
    /// <param name="outputs">Values per token that come out of each.</param>
    /// <param name="scale">What <c>NAME.scale</c>, [count], multiplies, where the family's equations have it and the file too.</param>
    LinearStack Stack(string name, int count, int inputs, int outputs, LinearScale scale = LinearScale.None);

    /// <summary>Declares a cache of keys and values, of all positions of a sequence or of the last ones. Several layers may use one.</summary>
    /// <param name="heads">Key and value heads.</param>
    /// <param name="keyLength">Values per key.</param>
    /// <param name="valueLength">Values per value.</param>
    /// <param name="window">Positions that are needed; 0 for all.</param>
    KeyValueState Cache(int heads, int keyLength, int valueLength, int window = 0);

    /// <summary>Declares numbers that a sequence carries from token to token, F32, zero at its beginning.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Values per row.</param>
    RecurrentState Recurrence(int rows, int columns);
}
