using System.Buffers;
using System.Text;
using Tessera.Tokenization;

namespace Company_Plugin;

/// <summary>Takes the longest piece that the text begins with, or else a byte; again and again. Tokens 0 to 255 are the bytes.</summary>
/// <remarks>Special tokens, BOS and EOS, and joining bytes to characters are the host's.</remarks>
internal sealed class ToyTokenizer : ITokenizer
{
    private readonly int _longest;

    public ToyTokenizer(Vocabulary vocabulary)
    {
        Vocabulary = vocabulary;
        _longest = Enumerable.Range(0, vocabulary.Count).Max(id => IsPiece(id) ? vocabulary.TextOf(id).Length : 1);
    }

    public Vocabulary Vocabulary { get; }

    public void Encode(ReadOnlySpan<char> text, bool afterSpecial, ICollection<int> ids)
    {
        // A lone surrogate becomes U+FFFD here.
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        ReadOnlySpan<byte> rest = buffer.AsSpan(0, Encoding.UTF8.GetBytes(text, buffer));
        while (!rest.IsEmpty)
        {
            (int id, int length) = FindLongest(rest);
            ids.Add(id);
            rest = rest[length..];
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }

    public void Decode(int id, IBufferWriter<byte> output)
    {
        if (Vocabulary.TypeOf(id) == TokenType.Byte)
        {
            output.Write([(byte)id]);
        }
        else if (Vocabulary.TypeOf(id) != TokenType.Control)
        {
            output.Write(Vocabulary.TextOf(id).Span);
        }
    }

    private (int Id, int Length) FindLongest(ReadOnlySpan<byte> rest)
    {
        for (int length = Math.Min(_longest, rest.Length); length > 0; length--)
        {
            if (Vocabulary.Find(rest[..length]) is >= 0 and int id && IsPiece(id))
            {
                return (id, length);
            }
        }

        return (rest[0], 1);
    }

    private bool IsPiece(int id) => Vocabulary.TypeOf(id) is TokenType.Normal or TokenType.UserDefined;
}
