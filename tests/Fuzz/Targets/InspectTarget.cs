using Tessera.Cli.Commands;
using Tessera.Cli.Json;
using Tessera.Fuzz.Corpus;
using Tessera.Gguf;
using Tessera.Workbench.Tensors;

namespace Tessera.Fuzz.Targets;

/// <summary><c>tessera inspect --json</c>, and what it would draw.</summary>
internal sealed class InspectTarget : ModelTarget
{
    public override string Name => "inspect";

    public override long FixedBytes => 1 << 20;

    public override void Run(string path)
    {
        using GgufModelFile file = GgufModelFile.Open(path);
        CliJson.Serialize(InspectCommand.Inspect(file, EngineUnderTest.Plugins));
        ValueHistogram.Measure(file, EngineUnderTest.Plugins);
    }
}
