using System.Globalization;

namespace Tessera.Cli.Bench;

/// <summary>
/// A prompt of so many tokens, or so many generated one by one, after so many that are there already; by one sequence or by several together.
/// </summary>
internal sealed record BenchTest(int PromptTokens, int GeneratedTokens, int Depth, int Sequences)
{
    /// <summary>Positions of each sequence.</summary>
    public int Positions => PromptTokens + GeneratedTokens;

    /// <summary>Tokens of all sequences.</summary>
    public int Tokens => Positions * Sequences;

    public bool IsPrompt => PromptTokens > 0;

    /// <summary>As llama-bench names it: <c>pp512</c>, <c>tg128 @ d4096</c>; and <c>tg128 x8</c> for eight sequences.</summary>
    public string Name => string.Create(
        CultureInfo.InvariantCulture,
        $"{(IsPrompt ? "pp" : "tg")}{Positions}{(Depth > 0 ? $" @ d{Depth}" : "")}{(Sequences > 1 ? $" x{Sequences}" : "")}");

    /// <summary>All tests in llama-bench's order: depth by depth, prompts first. A length of 0 is left out.</summary>
    public static IReadOnlyList<BenchTest> All(
        IReadOnlyList<int> prompts, IReadOnlyList<int> generations, IReadOnlyList<int> depths, IReadOnlyList<int> sequences) =>
    [
        .. depths.SelectMany(depth => (IEnumerable<BenchTest>)
        [
            .. prompts.Where(tokens => tokens > 0).Select(tokens => new BenchTest(tokens, 0, depth, 1)),
            .. generations.Where(tokens => tokens > 0).SelectMany(_ => sequences, (tokens, count) => new BenchTest(0, tokens, depth, count)),
        ]),
    ];
}
