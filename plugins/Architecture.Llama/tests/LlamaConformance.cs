using Tessera.Conformance.Architectures;

namespace Tessera.Architecture.Llama.Tests;

public sealed class LlamaConformance() : ArchitectureConformance(new LlamaArchitecture(), "llama", "llama-dense")
{
    protected override TestModel CreateModel() => new TinyLlama(new TinyShape { Layers = 2, KeyLength = 24, ValueLength = 20, Rotated = 24 });

    protected override bool IsOptional(string tensor) => tensor == "output.weight";

    protected override IReadOnlyList<string> FormatFolders => [BuiltPlugins.Folder];
}
