using System.Buffers;
using System.Text;
using Tessera.Tokenization;

namespace Tessera.Host.Tests.Tokenization;

/// <summary>Knows no merges: a text's ids are its UTF-16 units, a space prefix shows as <c>^</c>, and a token stands for the bytes of its text.</summary>
internal sealed class FakeTokenizer(SpecialTokens special, params (byte[] Text, TokenType Type, TokenAttributes Attributes)[] tokens) : ITokenizer
{
    private const int FirstUnit = 1_000_000;

    public FakeTokenizer(params (string Text, TokenType Type)[] tokens)
        : this(new SpecialTokens(), tokens)
    {
    }

    public FakeTokenizer(SpecialTokens special, params (string Text, TokenType Type)[] tokens)
        : this(special, [.. tokens.Select(t => (Encoding.UTF8.GetBytes(t.Text), t.Type, TokenAttributes.None))])
    {
    }

    public Vocabulary Vocabulary { get; } = new(
        [.. tokens.Select(t => (ReadOnlyMemory<byte>)t.Text)],
        [.. tokens.Select(t => t.Type)],
        new float[tokens.Length],
        special,
        [.. tokens.Select(t => t.Attributes)]);

    public void Encode(ReadOnlySpan<char> text, bool afterSpecial, ICollection<int> ids)
    {
        if (afterSpecial)
        {
            ids.Add(FirstUnit + '^');
        }

        foreach (char unit in text)
        {
            ids.Add(FirstUnit + unit);
        }
    }

    public void Decode(int id, IBufferWriter<byte> output) => output.Write(Vocabulary.TextOf(id).Span);

    /// <summary>The ids for reading: units as they are, a special token as <c>[id]</c>.</summary>
    public string Encode(string text, bool addSpecial = false, bool parseSpecial = true) =>
        Show(new PromptEncoder(this).Encode(text, addSpecial, parseSpecial));

    public static string Show(IEnumerable<int> ids) => string.Concat(ids.Select(id => id >= FirstUnit ? ((char)(id - FirstUnit)).ToString() : $"[{id}]"));
}
