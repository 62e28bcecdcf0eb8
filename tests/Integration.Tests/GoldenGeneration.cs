using System.Text.Json;

namespace Tessera.Integration.Tests;

/// <summary>One greedy continuation that the reference computed.</summary>
internal sealed record GoldenGeneration(string Prompt, int[] PromptIds, int[] GreedyIds, string Text, float[] Logprobs, float[] Margins)
{
    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static IReadOnlyList<GoldenGeneration> Read(string path) =>
        [.. File.ReadLines(path).Where(l => l.Length > 0).Select(l => JsonSerializer.Deserialize<GoldenGeneration>(l, SnakeCase)!)];
}
