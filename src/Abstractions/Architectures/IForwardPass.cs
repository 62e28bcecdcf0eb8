namespace Tessera.Architectures;

/// <summary>
/// The operators that a model is written with. They run at once, on the host's threads, and write to the pass' own memory. T is the
/// number of tokens in the batch.
/// </summary>
public interface IForwardPass
{
    /// <summary>
    /// Begins a layer, whose KV cache <see cref="Attention"/> then uses. The memory of the tensors that were made in the layer before is used
    /// again; those from before the first layer stay.
    /// </summary>
    void BeginLayer(int layer);

    /// <summary>Ends the last layer: nodes named from here on belong to none.</summary>
    void EndLayers();

    /// <summary>The rows of a table for the batch's token ids: [T, columns].</summary>
    Tensor Embed(Embedding table);

    /// <summary><c>s W x + b</c>: [T, inputs] to [T, outputs].</summary>
    Tensor MatMul(Tensor x, Linear w);

    /// <summary>Two products of the same input, computed together.</summary>
    (Tensor A, Tensor B) MatMul(Tensor x, Linear a, Linear b);

    /// <summary>Three products of the same input, computed together.</summary>
    (Tensor A, Tensor B, Tensor C) MatMul(Tensor x, Linear a, Linear b, Linear c);

    /// <summary><c>x / sqrt(mean(x²) + epsilon) * weight</c> for each token: [T, n] to [T, n].</summary>
    Tensor RmsNorm(Tensor x, float[] weight, float epsilon);

    /// <summary>Turns each head's pairs by the angle of their token's position, in place: [T, heads * head length].</summary>
    /// <param name="x">Queries or keys.</param>
    /// <param name="headLength">Values per head.</param>
    /// <param name="rotary">Frequencies and pairing.</param>
    void Rotate(Tensor x, int headLength, RotaryEmbedding rotary);

    /// <summary>
    /// Appends keys and values to the current layer's cache, then attends from each query to every cached position up to its own:
    /// <c>softmax(q k^T * scale) v</c> per head. Query heads share key heads in groups.
    /// </summary>
    /// <param name="q">Queries, [T, heads * key length].</param>
    /// <param name="k">Keys, [T, KV heads * key length].</param>
    /// <param name="v">Values, [T, KV heads * value length].</param>
    /// <param name="scale">Factor of the scores, usually 1/sqrt(key length).</param>
    /// <returns>[T, heads * value length].</returns>
    Tensor Attention(Tensor q, Tensor k, Tensor v, float scale);

    /// <summary><c>silu(gate) * up</c>, element by element, into <paramref name="gate"/>'s memory.</summary>
    Tensor SwiGlu(Tensor gate, Tensor up);

    /// <summary><c>x + y</c>, element by element, into <paramref name="x"/>'s memory.</summary>
    Tensor Add(Tensor x, Tensor y);

    /// <summary>The tokens whose logits were asked for: [T, n] to [outputs, n].</summary>
    Tensor Outputs(Tensor x);

    /// <summary>
    /// Names a node of the current layer for whoever observes the pass (<c>tessera trace</c>); it costs nothing when nobody does. The names are
    /// the reference's: <c>attn_norm</c>, <c>Qcur</c>, <c>l_out</c>. A name may come twice in a layer, as <c>Qcur</c> before and after its
    /// rotation.
    /// </summary>
    /// <param name="name">The name without the layer's number.</param>
    /// <param name="value">Its values, which later operators may overwrite.</param>
    void Node(string name, Tensor value);
}
