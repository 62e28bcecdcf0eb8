using System.Globalization;

namespace Tessera.Cli.Bench;

/// <summary>A prompt of so many tokens, or so many generated one by one, after so many that are there already.</summary>
internal sealed record BenchTest(int PromptTokens, int GeneratedTokens, int Depth)
{
    public int Tokens => PromptTokens + GeneratedTokens;

    public bool IsPrompt => PromptTokens > 0;

    /// <summary>As llama-bench names it: <c>pp512</c>, <c>tg128 @ d4096</c>.</summary>
    public string Name => string.Create(
        CultureInfo.InvariantCulture,
        $"{(IsPrompt ? "pp" : "tg")}{Tokens}{(Depth > 0 ? $" @ d{Depth}" : "")}");

    /// <summary>All tests in llama-bench's order: depth by depth, prompts first. A length of 0 is left out.</summary>
    public static IReadOnlyList<BenchTest> All(IReadOnlyList<int> prompts, IReadOnlyList<int> generations, IReadOnlyList<int> depths) =>
    [
        .. depths.SelectMany(depth => (IEnumerable<BenchTest>)
        [
            .. prompts.Where(tokens => tokens > 0).Select(tokens => new BenchTest(tokens, 0, depth)),
            .. generations.Where(tokens => tokens > 0).Select(tokens => new BenchTest(0, tokens, depth)),
        ]),
    ];
}
