using System.Runtime.InteropServices;

namespace Tessera.Conformance.Tests.Quantization;

/// <summary>Golden data of a <see cref="ToyFormat"/> without a flaw, computed by nothing that it shares with it.</summary>
internal static class ToyGolden
{
    public const uint Type = 250;
    public const string Name = "TOY";
    private const int Rows = 16;
    private const int Columns = 256;

    /// <summary>The folder that holds the data; written once per run.</summary>
    public static string Folder { get; } = Write();

    private static string Write()
    {
        string folder = Directory.CreateTempSubdirectory("tessera-toy-golden-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        void Save<T>(string name, T[] values)
            where T : unmanaged => File.WriteAllBytes(Path.Combine(folder, name), MemoryMarshal.AsBytes<T>(values).ToArray());

        File.WriteAllText(
            Path.Combine(folder, "manifest.jsonl"),
            $$"""{"type":"{{Name}}","ggml_type":{{Type}},"block":32,"bytes":34,"rows":{{Rows}},"cols":{{Columns}},"dot_with":"q8_0"}""");

        byte[] x = Blocks(Columns / 32, seed: 1);
        byte[] weights = Blocks(Rows * Columns / 32, seed: 2);
        byte[] random = Blocks(64, seed: 3);
        Save("activations.q8_0", x);
        Save("activations.f32", Values(x));
        Save($"{Name}.blocks", weights);
        Save($"{Name}.f32", Values(weights));
        Save("weights.f32", Values(weights));
        Save($"{Name}.random.blocks", random);
        Save($"{Name}.random.f32", Values(random));
        Save($"{Name}.dot.f32", [.. Values(weights).Chunk(Columns).Select(row => (float)row.Zip(Values(x), (w, v) => (double)w * v).Sum())]);
        return folder;
    }

    /// <summary>
    /// Scales between 1/8 and 2; bytes from 1 to 127, so that no product is small beside its sum, and 127 among them, as a quantizer makes it.
    /// </summary>
    private static byte[] Blocks(int count, int seed)
    {
        var random = new Random(seed);
        var bytes = new List<byte>();
        for (int i = 0; i < count; i++)
        {
            bytes.AddRange(BitConverter.GetBytes((Half)(0.125 + (1.875 * random.NextDouble()))));
            bytes.AddRange(Enumerable.Range(0, 32).Select(c => c == 5 ? (byte)127 : (byte)random.Next(1, 128)));
        }

        return [.. bytes];
    }

    private static float[] Values(byte[] blocks) =>
        [.. blocks.Chunk(34).SelectMany(block => block.Skip(2).Select(q => (float)BitConverter.ToHalf(block, 0) * (sbyte)q))];
}
