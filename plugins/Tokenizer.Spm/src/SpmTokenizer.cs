using System.Buffers;
using System.Text;
using Tessera.Tokenization;

namespace Tessera.Tokenizer.Spm;

/// <summary>SentencePiece as llama.cpp does it: adjacent pieces merge, the best score first; what no piece expresses becomes bytes.</summary>
internal sealed class SpmTokenizer : ITokenizer, ITokenizerExplainer
{
    private readonly MergeRules _rules;
    private readonly byte[] _byteOf;

    /// <exception cref="FormatException">A byte token's text names no byte.</exception>
    public SpmTokenizer(Vocabulary vocabulary)
    {
        Vocabulary = vocabulary;
        _rules = new MergeRules(vocabulary);
        _byteOf = new byte[vocabulary.Count];
        for (int id = 0; id < vocabulary.Count; id++)
        {
            if (vocabulary.TypeOf(id) == TokenType.Byte && !ByteTokens.TryParse(vocabulary.TextOf(id).Span, out _byteOf[id]))
            {
                throw new FormatException($"token {id}, '{vocabulary.StringOf(id)}', is a byte token, but only <0x00> to <0xFF> are");
            }
        }
    }

    public Vocabulary Vocabulary { get; }

    public void Encode(ReadOnlySpan<char> text, bool afterSpecial, ICollection<int> ids)
    {
        byte[] utf8 = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        EncodeBytes(utf8.AsSpan(0, Encoding.UTF8.GetBytes(text, utf8)), afterSpecial, ids);
        ArrayPool<byte>.Shared.Return(utf8);
    }

    public void EncodeBytes(ReadOnlySpan<byte> text, bool afterSpecial, ICollection<int> ids)
    {
        if (text.IsEmpty)
        {
            return;
        }

        using var merger = new PieceMerger(_rules, text, afterSpecial && Vocabulary.Special.AddSpacePrefix);
        merger.Merge();
        merger.AppendIds(ids);
    }

    public string MergeOrder => "score";

    public IReadOnlyList<ExplainedWord> Explain(ReadOnlySpan<char> text, bool afterSpecial)
    {
        if (text.IsEmpty)
        {
            return [];
        }

        using var merger = new PieceMerger(_rules, Encoding.UTF8.GetBytes(text.ToString()), afterSpecial && Vocabulary.Special.AddSpacePrefix);
        (List<MergeStep> steps, List<int> ids) = ([], []);
        merger.Merge(steps);
        merger.AppendIds(ids);
        return [new ExplainedWord(merger.Text.ToArray(), steps, ids)];
    }

    public ReadOnlyMemory<byte> PieceOf(int id) => Vocabulary.TypeOf(id) switch
    {
        TokenType.Normal or TokenType.UserDefined => Vocabulary.TextOf(id),
        TokenType.Byte => new[] { _byteOf[id] },
        _ => default,
    };

    public bool TryFindMerge(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, out double order)
    {
        int id = _rules.Find([.. left, .. right]);
        order = id < 0 ? 0 : Vocabulary.ScoreOf(id);
        return id >= 0;
    }

    public void Decode(int id, IBufferWriter<byte> output)
    {
        ReadOnlySpan<byte> text = Vocabulary.TextOf(id).Span;
        switch (Vocabulary.TypeOf(id))
        {
            case TokenType.Normal:
                EscapedSpace.WriteUnescaped(text, output);
                break;
            case TokenType.UserDefined:
                output.Write(text);
                break;
            case TokenType.Byte:
                output.Write([_byteOf[id]]);
                break;
            default:
                break;
        }
    }
}
