using Tessera.Fuzz.Corpus;
using Tessera.Generation;
using Tessera.Loading;
using Tessera.Numerics;

namespace Tessera.Fuzz.Targets;

/// <summary>Loading a model, in either numerics.</summary>
internal sealed class LoadTarget : ModelTarget
{
    public override string Name => "load";

    public override long FixedBytes => 1 << 20;

    public override void Run(string path)
    {
        foreach (NumericsMode numerics in (ReadOnlySpan<NumericsMode>)[NumericsMode.Fast, NumericsMode.Exact])
        {
            using LanguageModel model = EngineUnderTest.Loader.LoadAsync(path, new ModelOptions { Numerics = numerics, Threads = 1 }).GetAwaiter().GetResult();
        }
    }
}
