using Tessera.Fuzz.Corpus;
using Tessera.Loading;
using Tessera.Numerics;

namespace Tessera.Fuzz.Targets;

/// <summary><c>tessera explain</c>, in either numerics.</summary>
internal sealed class ExplainTarget : ModelTarget
{
    public override string Name => "explain";

    public override long FixedBytes => 1 << 20;

    public override void Run(string path)
    {
        EngineUnderTest.Explainer.Explain(path, new ModelOptions { Threads = 1 });
        EngineUnderTest.Explainer.Explain(path, new ModelOptions { Threads = 1, Numerics = NumericsMode.Exact });
    }
}
