using System.Text;
using Tessera.Fuzz.Harness;
using Tessera.Fuzz.Mutation;
using Tessera.Gguf;
using Tessera.Workbench.Importance;

namespace Tessera.Fuzz.Targets;

/// <summary>An importance matrix, in both formats.</summary>
internal sealed class ImportanceTarget : FuzzTarget
{
    private const string Tensor = "blk.0.attn_q.weight";

    public override string Name => "imatrix";

    public override long FixedBytes => 1 << 20;

    public override IReadOnlyList<IMutator> Mutators { get; } = [new GgufMutator()];

    public override void Run(string path) => ImportanceMatrix.Load(path).Find(Tensor);

    protected override IReadOnlyList<byte[]> MakeCorpus()
    {
        var file = new GgufWriter();
        file.Set("general.type", "imatrix");
        file.SetArray("imatrix.datasets", ["text.txt"]);
        file.Set("imatrix.chunk_count", 3u);
        file.Set("imatrix.chunk_size", 16u);
        file.AddTensor($"{Tensor}.in_sum2", GgmlType.F32, [32], Floats(32));
        file.AddTensor($"{Tensor}.counts", GgmlType.F32, [1], Floats(1));
        file.AddTensor("blk.0.ffn_up_exps.weight.in_sum2", GgmlType.F32, [16, 3], Floats(48));
        file.AddTensor("blk.0.ffn_up_exps.weight.counts", GgmlType.F32, [1, 3], Floats(3));
        return [file.ToArray(), Legacy()];
    }

    private static byte[] Legacy()
    {
        var file = new MemoryStream();
        var writer = new BinaryWriter(file);
        writer.Write(2);
        foreach (string name in (ReadOnlySpan<string>)[Tensor, "output.weight"])
        {
            writer.Write(name.Length);
            writer.Write(Encoding.UTF8.GetBytes(name));
            writer.Write(3);
            writer.Write(32);
            writer.Write(Floats(32));
        }

        writer.Write(3);
        writer.Write("text.txt".Length);
        writer.Write("text.txt"u8);
        return file.ToArray();
    }

    private static byte[] Floats(int count) => [.. Enumerable.Range(1, count).SelectMany(i => BitConverter.GetBytes((float)i))];
}
