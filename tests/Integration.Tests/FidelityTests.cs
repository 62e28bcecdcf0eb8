using System.Text.Json;
using Tessera.Conformance;
using Tessera.Generation;

namespace Tessera.Integration.Tests;

/// <summary>The default numerics are at least as close to the exact result as llama.cpp is, and much closer for K-quants.</summary>
[Trait("Category", "Numerics")]
public class FidelityTests
{
    /// <summary>The most that our error may be relative to llama.cpp's.</summary>
    private const double Limit = 1.0;

    private const double KQuantLimit = 0.5;

    [Theory]
    [InlineData("f16", Limit)]
    [InlineData("Q8_0", Limit)]
    [InlineData("Q6_K", KQuantLimit)]
    [InlineData("Q5_K_M", KQuantLimit)]
    [InlineData("Q4_K_M", KQuantLimit)]
    public async Task Fast_numerics_are_closer_to_exact_than_the_reference(string type, double limit)
    {
        using LanguageModel model = await Engine.Loader.LoadAsync(
            Golden.Path($"models/stories3M.{type}.gguf"), cancellationToken: TestContext.Current.CancellationToken);
        JsonElement[] entries = [.. File.ReadLines(Golden.Path("fidelity/index.jsonl"))
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Where(e => e.GetProperty("model").GetString() == $"stories3M.{type}.gguf")];
        Assert.NotEmpty(entries);
        foreach (JsonElement entry in entries)
        {
            double nmse = NormalizedError(model, entry);
            double reference = entry.EnumerateObject().Where(p => p.Name.StartsWith("llama.cpp", StringComparison.Ordinal))
                .Min(p => p.Value.GetProperty("nmse").GetDouble());
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{entry.GetProperty("file")}: NMSE {nmse:e3}, llama.cpp's best {reference:e3}, ratio {nmse / reference:f3}");
            Assert.True(nmse <= limit * reference, $"{entry.GetProperty("file")}: NMSE {nmse:e3} is more than {limit} of llama.cpp's {reference:e3}");
        }
    }

    private static double NormalizedError(LanguageModel model, JsonElement entry)
    {
        float[] exact = Golden.Floats($"fidelity/{entry.GetProperty("file").GetString()}");
        int[] ids = [.. entry.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
        var logits = new float[exact.Length];
        using IModelSession session = model.CreateSession();
        session.Evaluate(ids, logits, TestContext.Current.CancellationToken);
        double error = exact.Zip(logits, (a, b) => ((double)a - b) * ((double)a - b)).Sum();
        return error / exact.Sum(a => (double)a * a);
    }
}
