using Tessera.Conformance;
using Tessera.Generation;
using Tessera.Loading;
using Tessera.Numerics;

namespace Tessera.Integration.Tests;

/// <summary>Exact numerics make the reference's tokens, one for one.</summary>
public class GenerationTests
{
    /// <summary>Below this gap between the two best logits the order of additions decides.</summary>
    private const float UndecidedMargin = 1e-4f;

    private const float LogprobTolerance = 2e-4f;

    [Theory]
    [InlineData("stories260K", "stories260K", Traits = ["Category", "Numerics"])]
    [InlineData("stories3M.f16", "stories3M.f16")]
    [InlineData("stories3M.Q8_0", "stories3M.Q8_0")]
    [InlineData("stories3M.Q6_K", "stories3M.Q6_K")]
    [InlineData("stories3M.Q5_K_M", "stories3M.Q5_K_M")]
    [InlineData("stories3M.Q4_K_M", "stories3M.Q4_K_M")]
    public Task Golden_models_continue_as_the_reference(string model, string generations) =>
        ContinuesAsReference(Golden.Path($"models/{model}.gguf"), Golden.Path($"generations/{generations}.exact.jsonl"));

    [Theory]
    [InlineData("models/shakespeare.Q4_K_M.gguf", "shakespeare/Q4_K_M")]
    [InlineData("tests/fixtures/shakespeare/shakespeare.Q5_K_M.gguf", "shakespeare/Q5_K_M")]
    [InlineData("tests/fixtures/shakespeare/shakespeare.Q6_K.gguf", "shakespeare/Q6_K")]
    [InlineData("tests/fixtures/shakespeare/shakespeare.Q8_0.gguf", "shakespeare/Q8_0")]
    [InlineData("tests/fixtures/shakespeare-bpe/shakespeare-bpe.Q4_K_M.gguf", "shakespeare-bpe/Q4_K_M")]
    public Task Our_models_continue_as_the_reference(string model, string generations) =>
        ContinuesAsReference(
            Path.Combine(Golden.RepositoryRoot, model), Path.Combine(Golden.RepositoryRoot, "tests", "fixtures", $"{generations}.exact.jsonl"));

    private static async Task ContinuesAsReference(string modelPath, string generationsPath)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using LanguageModel model = await Engine.Loader.LoadAsync(
            modelPath, new ModelOptions { Numerics = NumericsMode.Exact }, cancellationToken: cancellation);
        using IModelSession session = model.CreateSession();
        IReadOnlyList<GoldenGeneration> generations = GoldenGeneration.Read(generationsPath);
        Assert.NotEmpty(generations);
        foreach (GoldenGeneration expected in generations)
        {
            IReadOnlyList<int> prompt = model.Encode(expected.Prompt);
            Assert.Equal(expected.PromptIds, prompt);
            var request = new GenerationRequest
            {
                Prompt = prompt,
                MaxTokens = expected.GreedyIds.Length,
                Sampling = new SamplingOptions { Temperature = 0 },
                IgnoreEndOfGeneration = true,
            };
            GeneratedToken[] actual = [.. session.Generate(request, cancellation)];
            AssertSame(expected, actual);
        }
    }

    private static void AssertSame(GoldenGeneration expected, GeneratedToken[] actual)
    {
        for (int i = 0; i < expected.GreedyIds.Length; i++)
        {
            if (expected.GreedyIds[i] != actual[i].Id && expected.Margins[i] < UndecidedMargin)
            {
                return;
            }

            Assert.True(expected.GreedyIds[i] == actual[i].Id, $"'{expected.Prompt}', step {i}: expected {expected.GreedyIds[i]}, got {actual[i].Id}");
            Assert.Equal(expected.Logprobs[i], actual[i].LogProbability, LogprobTolerance);
        }

        Assert.Equal(expected.Text, string.Concat(actual.Select(t => t.Text)));
    }
}
