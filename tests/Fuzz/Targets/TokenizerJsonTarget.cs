using Tessera.Fuzz.Corpus;
using Tessera.Fuzz.Mutation;

namespace Tessera.Fuzz.Targets;

/// <summary>A <c>tokenizer.json</c>.</summary>
internal sealed class TokenizerJsonTarget : TokenizerFileTarget
{
    public override string Name => "tokenizer-json";

    public override string Extension => ".json";

    public override long FixedBytes => 8 << 20;

    public override IReadOnlyList<IMutator> Mutators { get; } = [new JsonMutator(), new JsonMutator(), new TextMutator()];

    protected override IReadOnlyList<byte[]> MakeCorpus() => TokenizerFiles.Json();
}
