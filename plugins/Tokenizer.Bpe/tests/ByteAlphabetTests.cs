using System.Text;

namespace Tessera.Tokenizer.Bpe.Tests;

public class ByteAlphabetTests
{
    [Fact]
    public void Every_byte_has_a_spelling_of_its_own()
    {
        string[] spellings = [.. Enumerable.Range(0, 256).Select(TinyVocabulary.Spell)];

        Assert.Equal(256, spellings.Distinct().Count());
        Assert.All(Enumerable.Range(0, 256), b => Assert.Equal([(byte)b], ByteAlphabet.Decode(Encoding.UTF8.GetBytes(spellings[b]))));
    }

    [Theory]
    [InlineData("Ġ", 0x20)]
    [InlineData("Ċ", 0x0A)]
    [InlineData("ĉ", 0x09)]
    [InlineData("Ā", 0x00)]
    [InlineData("~", 0x7E)]
    [InlineData("ġ", 0x7F)]
    [InlineData("Ń", 0xAD)]
    [InlineData("ÿ", 0xFF)]
    public void Known_characters_spell_known_bytes(string character, byte expected) =>
        Assert.Equal([expected], ByteAlphabet.Decode(Encoding.UTF8.GetBytes(character)));

    [Theory]
    [InlineData(" ")]
    [InlineData("\u00AD")]
    [InlineData("\u0144")]
    [InlineData("中")]
    [InlineData("🙂")]
    public void A_character_outside_the_alphabet_spells_nothing(string character)
    {
        byte[] text = Encoding.UTF8.GetBytes("a" + character);

        Assert.False(ByteAlphabet.TryDecode(text, new byte[text.Length], out _));
    }

    [Fact]
    public void A_character_outside_the_alphabet_is_noted_in_decoded_text() =>
        Assert.Equal("a[UNK_BYTE_0xe4b8ada中]", Encoding.UTF8.GetString(ByteAlphabet.Decode(Encoding.UTF8.GetBytes("a中"))));
}
