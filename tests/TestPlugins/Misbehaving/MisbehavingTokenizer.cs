using System.Buffers;
using Tessera.Tokenization;

namespace TestPlugins;

/// <summary>Two tokens, "a" and "b"; every text is the first of them.</summary>
internal sealed class MisbehavingTokenizer : ITokenizer, ITokenizerExplainer
{
    private readonly Vocabulary _vocabulary = new(["a"u8.ToArray(), "b"u8.ToArray()], [TokenType.Normal, TokenType.Normal], [0, 0], new SpecialTokens());

    public Vocabulary Vocabulary => Fault.Thing("vocabulary", _vocabulary)!;

    public string MergeOrder => Fault.Thing("mergeOrder", "rank")!;

    public void Encode(ReadOnlySpan<char> text, bool afterSpecial, ICollection<int> ids) => ids.Add((int)Fault.Number("encode", 0));

    public void Decode(int id, IBufferWriter<byte> output)
    {
        Fault.At("decode");
        output.Write(_vocabulary.TextOf(id).Span);
    }

    public IReadOnlyList<ExplainedWord> Explain(ReadOnlySpan<char> text, bool afterSpecial) => Fault.Thing("explain", new LazyWords())!;

    public ReadOnlyMemory<byte> PieceOf(int id)
    {
        Fault.At("piece");
        return _vocabulary.TextOf(id);
    }

    public bool TryFindMerge(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, out double order)
    {
        order = Fault.Number("merge", 0);
        return false;
    }
}
