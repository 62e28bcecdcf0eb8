using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Tessera.Tokenization;
using Tessera.Tokenizer.Bpe.Normalization;

namespace Tessera.Tokenizer.Bpe;

/// <summary>Byte-pair encoding: text is cut into words, and the bytes of each word are merged to tokens by the ranks of their pairs.</summary>
internal sealed class BpeTokenizer : ITokenizer, ITokenizerExplainer
{
    private const char SpaceMark = '\u2581';

    private readonly PreTokenizer _pre;
    private readonly TextSplitter _splitter;
    private readonly MergeTable _table;
    private readonly IReadOnlyList<TextNormalizer> _normalizers;

    /// <param name="vocabulary">The tokens.</param>
    /// <param name="merges">"left right", the first one first.</param>
    /// <param name="pre">How text is cut into words.</param>
    /// <param name="normalizers">What is done to text before that, in order; null for nothing.</param>
    public BpeTokenizer(Vocabulary vocabulary, IReadOnlyList<ReadOnlyMemory<byte>> merges, PreTokenizer pre, IReadOnlyList<TextNormalizer>? normalizers = null)
    {
        Vocabulary = vocabulary;
        _pre = pre;
        _normalizers = normalizers ?? [];
        _splitter = new TextSplitter(pre);
        _table = new MergeTable(vocabulary, merges, pre.ByteLevel);
    }

    private static ReadOnlySpan<byte> SpaceMarkUtf8 => "\u2581"u8;

    public Vocabulary Vocabulary { get; }

    public string MergeOrder => "rank";

    public void Encode(ReadOnlySpan<char> text, bool afterSpecial, ICollection<int> ids)
    {
        text = Prepare(text);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        Append(buffer.AsSpan(0, Encoding.UTF8.GetBytes(text, buffer)), _splitter.Split(text), ids);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    public void EncodeBytes(ReadOnlySpan<byte> text, bool afterSpecial, ICollection<int> ids)
    {
        if (Utf8.IsValid(text) || _normalizers.Count > 0)
        {
            Encode(Encoding.UTF8.GetString(text), afterSpecial, ids);
            return;
        }

        int[] codePoints = LenientUtf8.Decode(text);
        if (_pre.EscapesSpaces)
        {
            codePoints.AsSpan().Replace(' ', SpaceMark);
        }

        Append(LenientUtf8.Encode(codePoints), _splitter.Split(codePoints), ids);
    }

    public IReadOnlyList<ExplainedWord> Explain(ReadOnlySpan<char> text, bool afterSpecial)
    {
        text = Prepare(text);
        List<ExplainedWord> words = [];
        ReadOnlyMemory<byte> rest = Encoding.UTF8.GetBytes(text.ToString());
        foreach (int codePoints in _splitter.Split(text))
        {
            int length = LengthOf(rest.Span, codePoints);
            if (length > 0)
            {
                (List<MergeStep> steps, List<int> ids) = ([], []);
                new WordMerger(_table, _pre) { Steps = steps }.Append(rest.Span[..length], ids);
                words.Add(new ExplainedWord(rest[..length], steps, ids));
            }

            rest = rest[length..];
        }

        return words;
    }

    public ReadOnlyMemory<byte> PieceOf(int id) => Vocabulary.TypeOf(id) switch
    {
        TokenType.Normal when !_pre.EscapesSpaces => ByteAlphabet.Decode(Vocabulary.TextOf(id).Span),
        TokenType.Normal or TokenType.UserDefined => Vocabulary.TextOf(id),
        TokenType.Byte when TryParseByte(Vocabulary.TextOf(id).Span, out byte value) => new[] { value },
        _ => default,
    };

    public bool TryFindMerge(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, out double order)
    {
        (int l, int r) = (_table.Find(left), _table.Find(right));
        bool found = _table.TryMerge(l, r, out MergeTable.Merge merge) && l != MergeTable.None && r != MergeTable.None;
        order = merge.Rank;
        return found;
    }

    public void Decode(int id, IBufferWriter<byte> output)
    {
        ReadOnlySpan<byte> text = Vocabulary.TextOf(id).Span;
        switch (Vocabulary.TypeOf(id))
        {
            case TokenType.UserDefined:
                output.Write(text);
                break;
            case TokenType.Normal when _pre.EscapesSpaces:
                WriteUnescaped(text, output);
                break;
            case TokenType.Normal:
                WriteSpelled(text, output);
                break;
            case TokenType.Byte when TryParseByte(text, out byte value):
                output.Write([value]);
                break;
        }
    }

    private void Append(ReadOnlySpan<byte> text, List<int> words, ICollection<int> ids)
    {
        WordMerger merger = new(_table, _pre);
        foreach (int codePoints in words)
        {
            int length = LengthOf(text, codePoints);
            merger.Append(text[..length], ids);
            text = text[length..];
        }
    }

    /// <summary>The text as it is cut and merged.</summary>
    private ReadOnlySpan<char> Prepare(ReadOnlySpan<char> text)
    {
        foreach (TextNormalizer normalizer in _normalizers)
        {
            text = normalizer.Normalize(text);
        }

        return _pre.EscapesSpaces ? text.ToString().Replace(' ', SpaceMark) : text;
    }

    // <0x0A>
    private static bool TryParseByte(ReadOnlySpan<byte> text, out byte value)
    {
        value = 0;
        return text.Length >= 5 && byte.TryParse(text.Slice(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    private static void WriteUnescaped(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        for (int space; (space = text.IndexOf(SpaceMarkUtf8)) >= 0; text = text[(space + SpaceMarkUtf8.Length)..])
        {
            output.Write(text[..space]);
            output.Write(" "u8);
        }

        output.Write(text);
    }

    private static void WriteSpelled(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        if (ByteAlphabet.TryDecode(text, output.GetSpan(text.Length), out int count))
        {
            output.Advance(count);
        }
        else
        {
            output.Write(ByteAlphabet.Decode(text));
        }
    }

    private static int LengthOf(ReadOnlySpan<byte> utf8, int codePoints)
    {
        int length = 0;
        while (codePoints > 0 || (length < utf8.Length && (utf8[length] & 0xC0) == 0x80))
        {
            codePoints -= (utf8[length] & 0xC0) == 0x80 ? 0 : 1;
            length++;
        }

        return length;
    }
}
