using System.Runtime.InteropServices;
using Tessera.Conformance.Architectures;

namespace Tessera.Conformance.Tests.Architectures;

/// <summary>The toy model's equations in double precision.</summary>
internal static class ToyGoldenLogits
{
    public static int[] Ids { get; } = [3, 1, 4, 1, 5, 9, 2, 6];

    /// <summary>The folder with <c>toy.gguf</c> and <c>toy.logits.f32</c>; written once per run.</summary>
    public static string Folder { get; } = Write();

    private static string Write()
    {
        string folder = Directory.CreateTempSubdirectory("tessera-toy-logits-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        File.WriteAllBytes(Path.Combine(folder, "toy.gguf"), ToySuite.NewModel().ToArray());
        float[] logits = [.. Logits(ToySuite.NewModel()).SelectMany(row => row).Select(value => (float)value)];
        File.WriteAllBytes(Path.Combine(folder, "toy.logits.f32"), MemoryMarshal.AsBytes<float>(logits).ToArray());
        return folder;
    }

    private static IEnumerable<double[]> Logits(TestModel model)
    {
        double[][] x = [
            .. Ids.Select(id => model.Tensors["token_embd.weight"].Values.Skip(id * ToySuite.Width).Take(ToySuite.Width).Select(v => (double)v).ToArray())];
        double[][] q = [.. x.Select(row => Product(model, "attn_q", row))];
        double[][] k = [.. x.Select(row => Product(model, "attn_k", row))];
        double[][] v = [.. x.Select(row => Product(model, "attn_v", row))];
        const int Length = ToySuite.Width / ToySuite.Heads;
        for (int t = 0; t < x.Length; t++)
        {
            double[] sum = [.. x[t]];
            for (int head = 0; head < ToySuite.Heads; head++)
            {
                double[] weights = [.. Enumerable.Range(0, t + 1).Select(s =>
                    Math.Exp(Enumerable.Range(head * Length, Length).Sum(i => q[t][i] * k[s][i]) / Math.Sqrt(Length)))];
                for (int i = head * Length; i < (head + 1) * Length; i++)
                {
                    sum[i] += weights.Select((w, s) => w * v[s][i]).Sum() / weights.Sum();
                }
            }

            yield return Product(model, "output", sum);
        }
    }

    private static double[] Product(TestModel model, string name, double[] x) =>
        [.. model.Tensors[$"{name}.weight"].Values.Chunk(x.Length).Select(row => row.Zip(x, (w, v) => w * v).Sum())];
}
