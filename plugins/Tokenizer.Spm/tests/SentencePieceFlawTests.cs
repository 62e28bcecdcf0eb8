using Tessera.Tokenization;

namespace Tessera.Tokenizer.Spm.Tests;

/// <summary>What a tokenizer.model must not say is refused by the file's name and the piece.</summary>
public class SentencePieceFlawTests
{
    private static readonly byte[] GoodPiece = [0x0A, 1, (byte)'a'];
    private static readonly byte[] BpeWithoutSpaceRemoval = [0x12, 2, 0x18, 2, 0x1A, 2, 0x20, 0];

    private readonly SpmTokenizerFactory _factory = new();

    [Fact]
    public void A_piece_has_a_normal_type_and_the_score_zero_where_it_says_nothing()
    {
        Vocabulary vocabulary = Read(GoodPiece).Vocabulary;

        Assert.Equal((1, TokenType.Normal, 0f), (vocabulary.Count, vocabulary.TypeOf(0), vocabulary.ScoreOf(0)));
    }

    [Theory]
    [InlineData(new byte[] { 0x0A, 0 }, "its piece 1 has no text")]
    [InlineData(new byte[] { }, "its piece 1 has no text")]
    [InlineData(new byte[] { 0x0A, 1, 0x62, 0x18, 0 }, "its piece 1 has the type 0, which does not exist")]
    [InlineData(new byte[] { 0x0A, 1, 0x62, 0x18, 7 }, "its piece 1 has the type 7, which does not exist")]
    [InlineData(new byte[] { 0x0A, 1, 0x62, 0x18, 0x83, 0x80, 0x80, 0x80, 0x10 }, "its piece 1 has the type 4294967299, which does not exist")]
    [InlineData(new byte[] { 0x0A, 1, 0x62, 0x15, 0, 0, 0xC0, 0x7F }, "the score of its piece 1 is no finite number")]
    [InlineData(new byte[] { 0x0A, 1, 0x62, 0x18, 6 }, "token 1, 'b', is a byte token")]
    public void A_piece_that_no_model_has_is_refused(byte[] piece, string reason)
    {
        TesseraException error = Assert.Throws<TesseraException>(() => Read(GoodPiece, piece));

        Assert.StartsWith($"some/tokenizer.model: {reason}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0x08, 1 })]
    [InlineData(new byte[] { 0x0A, 1, 0x62, 0x10, 5 })]
    [InlineData(new byte[] { 0x0A, 1, 0x62, 0x1A, 1, 1 })]
    [InlineData(new byte[] { 0x0A, 5, 0x62 })]
    [InlineData(new byte[] { 0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01 })]
    public void A_field_of_another_form_is_no_sentencepiece_model(byte[] piece) => Assert.False(_factory.Recognizes(Write([GoodPiece, piece], [])));

    [Theory]
    [InlineData(new byte[] { 0xC8, 0x02, 0x80, 0x80, 0x80, 0x80, 0x10 })]
    [InlineData(new byte[] { 0xC8, 0x02, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01 })]
    [InlineData(new byte[] { 0xC8, 0x02, 77 })]
    public void A_bos_that_is_no_piece_is_none_and_not_added(byte[] field)
    {
        byte[] trainer = [0x18, 2, .. field];
        Vocabulary vocabulary = Read([GoodPiece], [0x12, (byte)trainer.Length, .. trainer, 0x1A, 2, 0x20, 0]).Vocabulary;

        Assert.Equal((-1, false), (vocabulary.Special.Bos, vocabulary.Special.AddBos));
    }

    [Fact]
    public void Any_byte_changed_is_read_or_refused_by_the_file_s_name()
    {
        byte[] good = Write([[0x0A, 2, 0x61, 0x62, 0x15, 0, 0, 0x80, 0xBF, 0x18, 1], GoodPiece, [0x0A, 6, .. "<0x41>"u8, 0x18, 6]], BpeWithoutSpaceRemoval);
        for (int at = 0; at < good.Length; at++)
        {
            for (int value = 0; value < 256; value++)
            {
                byte[] changed = [.. good];
                changed[at] = (byte)value;
                if (_factory.Recognizes(changed))
                {
                    Try(changed);
                }
            }
        }
    }

    private void Try(byte[] content)
    {
        try
        {
            ITokenizer tokenizer = _factory.Read(content, "some/tokenizer.model", new NoMetadata(), new TokenizerOptions());
            _ = new PromptEncoder(tokenizer).Encode("ab A", addSpecial: true, parseSpecial: true);
        }
        catch (TesseraException e)
        {
            Assert.StartsWith("some/tokenizer.model: ", e.Message, StringComparison.Ordinal);
        }
    }

    private ITokenizer Read(params byte[][] pieces) => Read(pieces, BpeWithoutSpaceRemoval);

    private ITokenizer Read(byte[][] pieces, byte[] specifications) =>
        _factory.Read(Write(pieces, specifications), "some/tokenizer.model", new NoMetadata(), new TokenizerOptions());

    private static byte[] Write(byte[][] pieces, byte[] specifications) =>
        [.. pieces.SelectMany(piece => (byte[])[0x0A, (byte)piece.Length, .. piece]), .. specifications];

    private sealed class NoMetadata : Gguf.IGgufMetadata
    {
        public string Source => "model.gguf";

        public IReadOnlyCollection<string> Keys => [];

        public bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out Gguf.GgufValue value)
        {
            value = null;
            return false;
        }
    }
}
