using System.Buffers;
using System.Globalization;
using System.Text;
using Tessera.Tokenization;

namespace Tessera.Tokenizer.Bpe;

/// <summary>Byte-pair encoding: text is cut into words, and the bytes of each word are merged to tokens by the ranks of their pairs.</summary>
internal sealed class BpeTokenizer : ITokenizer
{
    private const char SpaceMark = '\u2581';

    private readonly PreTokenizer _pre;
    private readonly TextSplitter _splitter;
    private readonly MergeTable _table;

    private readonly bool _composes;

    /// <param name="vocabulary">The tokens.</param>
    /// <param name="merges">"left right", the first one first.</param>
    /// <param name="pre">How text is cut into words.</param>
    /// <param name="composes">Whether text is brought into NFC before that.</param>
    public BpeTokenizer(Vocabulary vocabulary, IReadOnlyList<ReadOnlyMemory<byte>> merges, PreTokenizer pre, bool composes = false)
    {
        _composes = composes;
        Vocabulary = vocabulary;
        _pre = pre;
        _splitter = new TextSplitter(pre);
        _table = new MergeTable(vocabulary, merges, pre.ByteLevel);
    }

    public Vocabulary Vocabulary { get; }

    public void Encode(ReadOnlySpan<char> text, bool afterSpecial, ICollection<int> ids)
    {
        if (_composes)
        {
            // Through UTF-8, because a lone surrogate has no normal form.
            text = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.ToString())).Normalize(NormalizationForm.FormC);
        }

        if (_pre.EscapesSpaces)
        {
            text = text.ToString().Replace(' ', SpaceMark);
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        ReadOnlySpan<byte> rest = buffer.AsSpan(0, Encoding.UTF8.GetBytes(text, buffer));
        WordMerger merger = new(_table, _pre);
        foreach (int codePoints in _splitter.Split(text))
        {
            int length = LengthOf(rest, codePoints);
            merger.Append(rest[..length], ids);
            rest = rest[length..];
        }

        ArrayPool<byte>.Shared.Return(buffer);
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
                output.Write(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text).Replace(SpaceMark, ' ')));
                break;
            case TokenType.Normal:
                WriteSpelled(text, output);
                break;
            case TokenType.Byte when text.Length >= 5 && byte.TryParse(text.Slice(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value):
                output.Write([value]);
                break;
        }
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
