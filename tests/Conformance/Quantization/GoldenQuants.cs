using System.Text.Json;
using Xunit;

namespace Tessera.Conformance.Quantization;

/// <summary>One line of the golden manifest: what the reference computed for a tensor type.</summary>
/// <param name="TypeNumber">The number in GGUF files.</param>
/// <param name="BlockElements">Weights per block.</param>
/// <param name="BlockBytes">Bytes per block.</param>
/// <param name="Rows">Rows of the golden matrix.</param>
/// <param name="Columns">Columns of the golden matrix.</param>
/// <param name="DotWith">The encoding of activations that the golden dot products were computed with.</param>
public sealed record GoldenQuants(uint TypeNumber, int BlockElements, int BlockBytes, int Rows, int Columns, string DotWith)
{
    private const int SuperBlock = 256;

    /// <summary>Finds a type by the reference's name; skips the test where there is no golden data.</summary>
    /// <param name="name">The name, or null where the reference has none.</param>
    /// <param name="file">The path of a golden file.</param>
    public static GoldenQuants Read(string? name, Func<string, string> file)
    {
        foreach (string line in name is null ? [] : File.ReadLines(file("manifest.jsonl")))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement entry = document.RootElement;
            if (entry.GetProperty("type").GetString() == name)
            {
                return new(
                    entry.GetProperty("ggml_type").GetUInt32(),
                    entry.GetProperty("block").GetInt32(),
                    entry.GetProperty("bytes").GetInt32(),
                    entry.GetProperty("rows").GetInt32(),
                    entry.GetProperty("cols").GetInt32(),
                    entry.GetProperty("dot_with").GetString()!);
            }
        }

        Assert.Skip($"the reference has no golden data for {name ?? "this type"}");
        return null;
    }

    /// <summary>The golden activations in the encoding that the golden dot products were computed with.</summary>
    /// <param name="file">The path of a golden file.</param>
    public TestActivations ReadActivations(Func<string, string> file)
    {
        switch (DotWith)
        {
            case "q8_0":
                return Unpack(File.ReadAllBytes(file("activations.q8_0")), sizeof(ushort), 32, 0, b => (float)BitConverter.ToHalf(b, 0));
            case "q8_K":
                return Unpack(
                    File.ReadAllBytes(file("activations.q8_k")), sizeof(float), SuperBlock, SuperBlock / 16 * sizeof(short), b => BitConverter.ToSingle(b, 0));
            case "f16":
                return TestActivations.Encode(Array.ConvertAll(Golden.Floats(file("activations.f32")), x => (float)(Half)x), 1);
            case "bf16":
                return TestActivations.Encode(Array.ConvertAll(Golden.Floats(file("activations.f32")), RoundToBFloat16), 1);
            default:
                Assert.Skip($"no activations hold what {DotWith} holds");
                return null;
        }
    }

    /// <summary>Blocks of a scale and integers become integers with a scale per 32, of which a block of 256 has eight equal ones.</summary>
    private static TestActivations Unpack(byte[] bytes, int scaleBytes, int elements, int sumBytes, Func<byte[], float> readScale)
    {
        int blockBytes = scaleBytes + elements + sumBytes;
        int blocks = bytes.Length / blockBytes;
        var quants = new sbyte[blocks * elements];
        var scales = new float[quants.Length / 32];
        for (int i = 0; i < blocks; i++)
        {
            byte[] block = bytes[(i * blockBytes)..((i + 1) * blockBytes)];
            Buffer.BlockCopy(block, scaleBytes, quants, i * elements, elements);
            Array.Fill(scales, readScale(block), i * elements / 32, elements / 32);
        }

        return TestActivations.FromQuants(quants, scales, 1);
    }

    private static float RoundToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return BitConverter.UInt32BitsToSingle((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000);
    }
}
