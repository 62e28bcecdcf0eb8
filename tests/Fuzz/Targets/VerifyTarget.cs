using Tessera.Fuzz.Corpus;
using Tessera.Gguf;
using Tessera.Loading;
using Tessera.Workbench.Verification;

namespace Tessera.Fuzz.Targets;

/// <summary><c>tessera verify</c>, but for its check of the plugins, which no file changes.</summary>
internal sealed class VerifyTarget : ModelTarget
{
    private readonly Lazy<ModelParts> _parts = new(() => new ModelParts(EngineUnderTest.Plugins));

    public override string Name => "verify";

    public override long FixedBytes => 4 << 20;

    public override void Run(string path)
    {
        using GgufModelFile file = GgufModelFile.Open(path);
        _parts.Value.CheckTensors(file);
        new FileVerifier(EngineUnderTest.Plugins, _parts.Value, EngineUnderTest.Loader, file).CheckContents(progress: null, CancellationToken.None);
    }
}
