using System.Buffers;
using System.Text;
using Tessera.Tokenization;

namespace Tessera.Conformance.Tests.Tokenization;

/// <summary>The longest piece that fits, or a byte. With one flaw or none.</summary>
internal sealed class ToyTokenizer(Vocabulary vocabulary, TokenizerFlaw flaw) : ITokenizer, ITokenizerExplainer
{
    private const int LongestPiece = 8;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private int _owner;

    public Vocabulary Vocabulary => vocabulary;

    public void Encode(ReadOnlySpan<char> text, bool afterSpecial, ICollection<int> ids)
    {
        // Scratch that serves the thread that came first, and no other.
        int thread = Environment.CurrentManagedThreadId;
        bool alone = flaw != TokenizerFlaw.SharesScratch
            || (Interlocked.CompareExchange(ref _owner, thread, 0) is var owner && (owner == 0 || owner == thread));
        byte[] bytes = BytesOf(text);
        for (int at = 0; at < bytes.Length;)
        {
            int piece = FindLongest(bytes.AsSpan(at));
            ids.Add(alone ? piece : 0);
            at += piece < 256 ? 1 : vocabulary.TextOf(piece).Length;
            if (flaw == TokenizerFlaw.CopiesTheRest)
            {
                GC.KeepAlive(bytes[at..]);
            }
        }
    }

    public string MergeOrder => "rank";

    public IReadOnlyList<ExplainedWord> Explain(ReadOnlySpan<char> text, bool afterSpecial)
    {
        var ids = new List<int>();
        Encode(text, afterSpecial, ids);
        return [.. ids.SkipLast(flaw == TokenizerFlaw.ExplainsLess ? 1 : 0).Select(id => new ExplainedWord(PieceOf(id), [], [id]))];
    }

    public ReadOnlyMemory<byte> PieceOf(int id) => id < 256 ? new[] { (byte)id } : vocabulary.TextOf(id);

    public bool TryFindMerge(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, out double order)
    {
        order = 0;
        return false;
    }

    public void Decode(int id, IBufferWriter<byte> output)
    {
        if (vocabulary.TypeOf(id) == TokenType.Control)
        {
            output.Write(flaw == TokenizerFlaw.WritesControlTokens ? vocabulary.TextOf(id).Span : []);
        }
        else if (id >= 256)
        {
            output.Write(vocabulary.TextOf(id).Span);
        }
        else if (!(flaw == TokenizerFlaw.DropsSpaces && id == ' ') && !(flaw == TokenizerFlaw.DropsContinuations && id is >= 0x80 and < 0xC0))
        {
            output.Write([(byte)id]);
        }
    }

    private byte[] BytesOf(ReadOnlySpan<char> text)
    {
        switch (flaw)
        {
            case TokenizerFlaw.FailsOnSurrogates:
                return Strict.GetBytes(text.ToArray());
            case TokenizerFlaw.AddsASpaceToNothing when text.IsEmpty:
                return [(byte)' '];
            case TokenizerFlaw.LosesTheLastSurrogate when text is [.., >= '\uD800' and < '\uDC00']:
                return Encoding.UTF8.GetBytes(text[..^1].ToArray());
            default:
                byte[] bytes = Encoding.UTF8.GetBytes(text.ToArray());
                return flaw == TokenizerFlaw.KnowsOnePlane ? Array.ConvertAll(bytes, b => b >= 0xF0 ? (byte)'?' : b) : bytes;
        }
    }

    private int FindLongest(ReadOnlySpan<byte> bytes)
    {
        for (int length = Math.Min(LongestPiece, bytes.Length); length > 1; length--)
        {
            int id = flaw == TokenizerFlaw.FindsNoPieces ? -1 : vocabulary.Find(bytes[..length]);
            if (id >= 256 && (vocabulary.TypeOf(id) == TokenType.Normal || flaw == TokenizerFlaw.FindsControlTokens))
            {
                return id;
            }
        }

        return bytes[0];
    }
}
