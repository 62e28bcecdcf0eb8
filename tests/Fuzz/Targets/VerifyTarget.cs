using Tessera.Fuzz.Corpus;

namespace Tessera.Fuzz.Targets;

/// <summary><c>tessera verify</c>.</summary>
internal sealed class VerifyTarget : ModelTarget
{
    public override string Name => "verify";

    public override long FixedBytes => 4 << 20;

    public override void Run(string path) => EngineUnderTest.Loader.Verify(path);
}
