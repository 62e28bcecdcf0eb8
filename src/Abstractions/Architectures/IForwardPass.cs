namespace Tessera.Architectures;

/// <summary>
/// The operators that a model is written with. They run at once, on the host's threads. T rows are tokens of any number of sequences, each at a position
/// of its own; only <see cref="Rotate"/>, <see cref="Remember"/> and <see cref="Attend"/> place or mix tokens, and the host knows whose they are. Arguments
/// whose shapes do not go together are an <see cref="ArgumentException"/>. The host implements it: later minor versions may add members.
/// </summary>
public interface IForwardPass
{
    /// <summary>The rows of a table for the batch's token ids: [T, columns].</summary>
    Tensor Embed(Embedding table);

    /// <summary>The rows of a table for the tokens' positions: [T, columns].</summary>
    Tensor EmbedPositions(Embedding table);

    /// <summary>In the last layer the rows that somebody waits for, [wanted, n]; in all others x itself.</summary>
    Tensor Wanted(Tensor x);

    /// <summary>Products that share an input, which is encoded once: [T, inputs] to [T, outputs] of each.</summary>
    void MatMul(Tensor x, ReadOnlySpan<Linear> w, Span<Tensor> y);

    /// <summary>Which experts each token goes to, and how much each counts.</summary>
    /// <param name="scores">[T, experts].</param>
    /// <param name="rule">How they are chosen.</param>
    Routing Route(Tensor scores, RoutingRule rule);

    /// <summary>
    /// Products of tokens with the matrices of their experts, tokens grouped by expert: [T, inputs], or [T * chosen, inputs] as an earlier product of the same
    /// routing gave it, to [T * chosen, outputs] of each.
    /// </summary>
    void MatMulExperts(Tensor x, Routing routing, ReadOnlySpan<LinearStack> w, Span<Tensor> y);

    /// <summary>Back to tokens, the experts' results weighted and added: [T * chosen, n] to [T, n].</summary>
    Tensor Combine(Tensor y, Routing routing);

    /// <summary>A norm of each token, or of each group of its columns, such as the heads of queries and keys: [T, n] to [T, n].</summary>
    /// <param name="x">The values.</param>
    /// <param name="norm">The norm, its vectors of a group's length.</param>
    /// <param name="groupLength">Columns of a group; 0 for all.</param>
    Tensor Norm(Tensor x, Norm norm, int groupLength = 0);

    /// <summary>Turns each head's pairs by the angle of their token's position, in place: [T, heads * head length].</summary>
    /// <param name="x">Queries or keys.</param>
    /// <param name="headLength">Values per head.</param>
    /// <param name="rotary">Frequencies and pairing.</param>
    void Rotate(Tensor x, int headLength, RotaryEmbedding rotary);

    /// <summary>Appends the tokens' keys and values to their sequences' cache.</summary>
    /// <param name="k">Keys, [T, heads * key length].</param>
    /// <param name="v">Values, [T, heads * value length].</param>
    /// <param name="state">The cache.</param>
    void Remember(Tensor k, Tensor v, KeyValueState state);

    /// <summary>
    /// Attends from each query to the cached positions that it sees. Query heads share key heads in groups.
    /// </summary>
    /// <param name="q">Queries, [T, query heads * key length].</param>
    /// <param name="state">The cache, which this batch's keys and values are in.</param>
    /// <param name="rule">Scale and options.</param>
    /// <returns>[T, query heads * value length].</returns>
    Tensor Attend(Tensor q, KeyValueState state, AttentionRule rule);

    /// <summary><c>f(gate) * up</c>, element by element. It takes over the values of <paramref name="gate"/>.</summary>
    Tensor Gate(Activation f, Tensor gate, Tensor up);

    /// <summary><c>f(x)</c>, element by element. It takes over the values of <paramref name="x"/>.</summary>
    Tensor Apply(Activation f, Tensor x);

    /// <summary><c>x + y</c>, element by element. It takes over the values of <paramref name="x"/>.</summary>
    Tensor Add(Tensor x, Tensor y);

    /// <summary>
    /// <c>x * y</c>, element by element. Where y has fewer columns, each of its values counts for as many neighbouring columns of x: a factor for a head, or
    /// for a token. It takes over the values of <paramref name="x"/>.
    /// </summary>
    Tensor Multiply(Tensor x, Tensor y);

    /// <summary><c>x * w</c> with a weight for each column. It takes over the values of <paramref name="x"/>.</summary>
    Tensor Multiply(Tensor x, Vector w);

    /// <summary><c>x * factor</c>. It takes over the values of <paramref name="x"/>.</summary>
    Tensor Scale(Tensor x, float factor);

    /// <summary><c>x + addend</c>. It takes over the values of <paramref name="x"/>.</summary>
    Tensor Add(Tensor x, float addend);

    /// <summary><c>min(max(x, least), largest)</c>. It takes over the values of <paramref name="x"/>.</summary>
    Tensor Clamp(Tensor x, float least, float largest);

    /// <summary>
    /// xIELU (Huang and Schlag 2024): <c>αp x² + β x</c> for positive x, otherwise <c>αn (exp(min(x, ε)) - 1 - x) + β x</c>. It takes over the values of
    /// <paramref name="x"/>.
    /// </summary>
    /// <param name="x">The values.</param>
    /// <param name="alphaP">αp.</param>
    /// <param name="alphaN">αn.</param>
    /// <param name="beta">β.</param>
    /// <param name="epsilon">ε, a little below 0.</param>
    Tensor Xielu(Tensor x, float alphaP, float alphaN, float beta, float epsilon);

    /// <summary>Some of the columns: [T, n] to [T, count], the same values under another name.</summary>
    Tensor Columns(Tensor x, int first, int count);

    /// <summary>Some of the columns of each group, copied: [T, groups * group length] to [T, groups * count].</summary>
    Tensor Columns(Tensor x, int first, int count, int groupLength);

    /// <summary>The groups of two tensors side by side, copied: [T, groups * a] and [T, groups * b] to [T, groups * (a + b)].</summary>
    Tensor Join(Tensor x, Tensor y, int groups = 1);

    /// <summary>
    /// Names a node of the current layer for whoever observes the pass (<c>tessera trace</c>); it costs nothing when nobody does. The names are
    /// the reference's: <c>attn_norm</c>, <c>Qcur</c>, <c>l_out</c>. A name may come twice in a layer, as <c>Qcur</c> before and after its
    /// rotation.
    /// </summary>
    /// <param name="name">The name without the layer's number.</param>
    /// <param name="value">Its values, which later operators may take over.</param>
    void Node(string name, Tensor value);
}
