using Tessera.Fuzz.Corpus;
using Tessera.Fuzz.Harness;
using Tessera.Fuzz.Mutation;

namespace Tessera.Fuzz.Targets;

/// <summary>A target that is fed with models.</summary>
internal abstract class ModelTarget : FuzzTarget
{
    public override IReadOnlyList<IMutator> Mutators { get; } = [new GgufMutator()];

    protected override IReadOnlyList<byte[]> MakeCorpus() => TinyModels.All;
}
