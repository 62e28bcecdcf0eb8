using System.Globalization;
using Tessera.Gguf;

namespace Tessera.Workbench.Quantizing.Mixes;

/// <summary>What the names of tensors in GGUF files tell.</summary>
internal static class TensorNames
{
    public const string Output = "output.weight";

    /// <summary>The first part that a name holds decides.</summary>
    private static readonly (string Part, TensorRole Role)[] s_roles =
    [
        ("attn_qkv.weight", TensorRole.AttentionValue),
        ("attn_kv_b.weight", TensorRole.AttentionValue),
        ("attn_v.weight", TensorRole.AttentionValue),
        ("attn_k.weight", TensorRole.AttentionKey),
        ("attn_q.weight", TensorRole.AttentionQuery),
        ("attn_output.weight", TensorRole.AttentionOutput),
        ("ffn_up", TensorRole.Other),
        ("ffn_gate", TensorRole.Other),
        ("ffn_down", TensorRole.FeedForwardDown),
    ];

    /// <summary>Matrices that are small, or that choose rather than compute: llama-quantize leaves them as they are.</summary>
    private static readonly string[] s_kept =
    [
        "_norm.weight",
        "ffn_gate_inp.weight", "ffn_gate_tid2eid.weight",                                    // which expert a token goes to
        "altup", "laurel", "per_layer_model_proj",                                           // Gemma 3n
        "ssm_conv1d", "shortconv.conv.weight",                                               // convolutions over few positions
        "indexer.k_proj.weight", "indexer.q_proj.weight",                                    // which positions attention looks at
        "time_mix_first.weight", "time_mix_w0.weight", "time_mix_w1.weight", "time_mix_w2.weight", // RWKV
        "time_mix_v0.weight", "time_mix_v1.weight", "time_mix_v2.weight",
        "time_mix_a0.weight", "time_mix_a1.weight", "time_mix_a2.weight", "time_mix_g1.weight", "time_mix_g2.weight",
        "time_mix_decay_w1.weight", "time_mix_decay_w2.weight", "time_mix_lerp_fused.weight",
        "attn_rel_b.weight",                                                                 // relative positions
        ".position_embd", "sam.pos_embd", "sam.neck.", "sam.net_", ".rel_pos", ".patch_embd", ".patch_merger", // images
        "a.rvq.codebook", "mm.a.code_embd",                                                  // sound
    ];

    private static readonly string[] s_keptWholeNames = ["position_embd.weight", "token_types.weight"];

    /// <summary>Layer before layer, what belongs to none first, by name in a layer: the order in which llama-quantize writes tensors.</summary>
    public static Comparer<string> FileOrder { get; } = Comparer<string>.Create((a, b) =>
        LayerOf(a).CompareTo(LayerOf(b)) is not 0 and int order ? order : string.CompareOrdinal(a, b));

    public static TensorRole RoleOf(string name) => name switch
    {
        Output => TensorRole.Output,
        "token_embd.weight" or "per_layer_token_embd.weight" => TensorRole.TokenEmbedding,
        _ => Array.Find(s_roles, role => name.Contains(role.Part, StringComparison.Ordinal)).Role,
    };

    /// <summary>Whether a tensor is a matrix of weights that quantization is meant for.</summary>
    public static bool IsQuantized(GgufTensor tensor) =>
        tensor.Dimensions.Skip(1).Any(extent => extent > 1)
        && tensor.Name.EndsWith("weight", StringComparison.Ordinal)
        && !s_keptWholeNames.Contains(tensor.Name)
        && !Array.Exists(s_kept, part => tensor.Name.Contains(part, StringComparison.Ordinal));

    /// <summary>The number in <c>blk.N.</c>; -1 outside of layers.</summary>
    public static int LayerOf(string name)
    {
        const string prefix = "blk.";
        int end = name.IndexOf('.', Math.Min(prefix.Length, name.Length));
        return name.StartsWith(prefix, StringComparison.Ordinal) && end > 0
            && int.TryParse(name.AsSpan(prefix.Length, end - prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int layer) ? layer : -1;
    }
}
