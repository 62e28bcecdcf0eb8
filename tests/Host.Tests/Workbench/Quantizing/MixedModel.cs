using Tessera.Gguf;
using Tessera.Workbench.Quantizing.Mixes;

namespace Tessera.Host.Tests.Workbench.Quantizing;

/// <summary>A model as mixes see it: the names of its matrices, in the order of the file that is written, and a few numbers.</summary>
internal sealed record MixedModel(string Architecture, int Layers, int Heads, int KvHeads)
{
    public const int Columns = 256;

    public static IReadOnlyDictionary<string, MixedModel> Named { get; } = new Dictionary<string, MixedModel>
    {
        ["llama22"] = new("llama", 22, 32, 4),
        ["llama32"] = new("llama", 32, 32, 32),
        ["llama80"] = new("llama", 80, 64, 8),
        ["mixtral32"] = new("llama", 32, 32, 8) { Experts = 8 },
        ["falcon32"] = new("falcon", 32, 64, 1) { FusesAttention = true },
        ["tied16"] = new("llama", 16, 32, 8) { IsTied = true },
    };

    public int Experts { get; init; }

    public bool FusesAttention { get; init; }

    public bool IsTied { get; init; }

    public ModelTraits Traits(bool hasImportance)
    {
        using GgufFile file = GgufFile.Read(ToFile().ToArray(), "mixed");
        return ModelTraits.Of(GgufModelFile.From(file), hasImportance);
    }

    public IEnumerable<string> Matrices()
    {
        using GgufFile file = GgufFile.Read(ToFile().ToArray(), "mixed");
        return [.. file.Tensors.Where(TensorNames.IsQuantized).Select(tensor => tensor.Name).Order(TensorNames.FileOrder)];
    }

    private GgufWriter ToFile()
    {
        var file = new GgufWriter();
        file.Set("general.architecture", Architecture);
        file.Set($"{Architecture}.block_count", (uint)Layers);
        file.Set($"{Architecture}.expert_count", (uint)Experts);
        file.Set($"{Architecture}.attention.head_count", (uint)Heads);
        file.Set($"{Architecture}.attention.head_count_kv", (uint)KvHeads);
        Add(file, "token_embd.weight", Columns, 2);
        Add(file, "output_norm.weight", Columns);
        if (!IsTied)
        {
            Add(file, "output.weight", Columns, 2);
        }

        string[] attention = FusesAttention ? ["attn_qkv"] : ["attn_q", "attn_k", "attn_v"];
        string[] feedForward = ["ffn_gate", "ffn_up", "ffn_down"];
        for (int layer = 0; layer < Layers; layer++)
        {
            Add(file, $"blk.{layer}.attn_norm.weight", Columns, 2);
            Add(file, $"blk.{layer}.attn_k.bias", 2);
            foreach (string name in attention.Append("attn_output").Concat(Experts > 0 ? [] : feedForward))
            {
                Add(file, $"blk.{layer}.{name}.weight", Columns, 2);
            }

            if (Experts > 0)
            {
                Add(file, $"blk.{layer}.ffn_gate_inp.weight", Columns, Experts);
                Array.ForEach(feedForward, name => Add(file, $"blk.{layer}.{name}_exps.weight", Columns, 2, Experts));
            }
        }

        return file;
    }

    private static void Add(GgufWriter file, string name, params long[] dimensions) =>
        file.AddTensor(name, GgmlType.I8, dimensions, new byte[dimensions.Aggregate(1L, (product, extent) => product * extent)]);
}
