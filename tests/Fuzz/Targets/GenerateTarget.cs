using Tessera.Fuzz.Corpus;
using Tessera.Generation;
using Tessera.Loading;
using Tessera.Numerics;

namespace Tessera.Fuzz.Targets;

/// <summary>A few tokens from a model, in either numerics.</summary>
internal sealed class GenerateTarget : ModelTarget
{
    private const int ContextLength = 48;

    public override string Name => "generate";

    public override long FixedBytes => 1 << 20;

    public override void Run(string path)
    {
        foreach (NumericsMode numerics in (ReadOnlySpan<NumericsMode>)[NumericsMode.Exact, NumericsMode.Fast])
        {
            using LanguageModel model = EngineUnderTest.Loader.LoadAsync(path, new ModelOptions { Numerics = numerics, Threads = 1 }).GetAwaiter().GetResult();
            using IModelSession session = model.CreateSession(ContextLength);
            var request = new GenerationRequest
            {
                Prompt = model.Encode(" a ab hello world <tool>"),
                MaxTokens = 4,
                Sampling = new SamplingOptions { Seed = 1, RepeatPenalty = 1.1f, TypicalP = 0.9f },
                IgnoreEndOfGeneration = numerics == NumericsMode.Fast,
            };
            foreach (GeneratedToken token in session.Generate(request))
            {
                _ = token.Text.Length;
            }
        }
    }
}
