using Tessera.Fuzz.Corpus;
using Tessera.Fuzz.Mutation;

namespace Tessera.Fuzz.Targets;

/// <summary>A SentencePiece <c>tokenizer.model</c>.</summary>
internal sealed class TokenizerModelTarget : TokenizerFileTarget
{
    public override string Name => "tokenizer-model";

    public override string Extension => ".model";

    public override long FixedBytes => 8 << 20;

    public override IReadOnlyList<IMutator> Mutators { get; } = [new ProtobufMutator()];

    protected override IReadOnlyList<byte[]> MakeCorpus() => [TokenizerFiles.SentencePiece()];
}
