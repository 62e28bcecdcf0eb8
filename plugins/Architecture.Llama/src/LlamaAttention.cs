using Tessera.Architectures;

namespace Tessera.Architecture.Llama;

/// <summary>Grouped-query attention with rotary positions (Ainslie et al. 2023). T is the number of tokens in the batch, d the model's width.</summary>
internal sealed class LlamaAttention(LlamaParameters p, IModelBuilder builder, string block)
{
    private readonly Linear _query = builder.Linear($"{block}.attn_q", p.Width, p.Heads * p.KeyLength, LinearScale.Product);
    private readonly Linear _key = builder.Linear($"{block}.attn_k", p.Width, p.KvHeads * p.KeyLength, LinearScale.Product);
    private readonly Linear _value = builder.Linear($"{block}.attn_v", p.Width, p.KvHeads * p.ValueLength, LinearScale.Product);
    private readonly Linear _output = builder.Linear($"{block}.attn_output", p.Heads * p.ValueLength, p.Width, LinearScale.Product);
    private readonly RotaryEmbedding _rotary = p.Rotary.Value;
    private readonly KeyValueState _state = builder.Cache(p.KvHeads, p.KeyLength, p.ValueLength);
    private readonly AttentionRule _rule = new(1 / MathF.Sqrt(p.KeyLength));

    public Tensor Run(IForwardPass pass, Tensor x)
    {
        (Tensor q, Tensor k, Tensor v) = pass.MatMul(x, _query, _key, _value);      // [T, heads * key], [T, KV heads * key], [T, KV heads * value]
        pass.Node("Qcur", q);
        pass.Node("Kcur", k);
        pass.Node("Vcur", v);
        pass.Rotate(q, p.KeyLength, _rotary);
        pass.Rotate(k, p.KeyLength, _rotary);
        pass.Node("Qcur", q);
        pass.Node("Kcur", k);
        Tensor heads = pass.Attend(q, k, v, _state, _rule);                          // [T, heads * value]
        pass.Node("kqv_out", heads);
        Tensor y = pass.MatMul(heads, _output);                                      // [T, d]
        pass.Node("attn_out", y);
        return y;
    }
}
