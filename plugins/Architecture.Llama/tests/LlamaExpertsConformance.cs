using Tessera.Conformance.Architectures;

namespace Tessera.Architecture.Llama.Tests;

public sealed class LlamaExpertsConformance() : ArchitectureConformance(new LlamaArchitecture(), "llama", "llama-moe")
{
    protected override TestModel CreateModel() => new TinyLlama(new TinyShape { Layers = 2, Experts = 4 });

    protected override bool IsOptional(string tensor) => tensor == "output.weight";

    protected override IReadOnlyList<string> FormatFolders => [BuiltPlugins.Folder];
}
