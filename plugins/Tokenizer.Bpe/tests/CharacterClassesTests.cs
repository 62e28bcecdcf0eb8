using System.Security.Cryptography;
using System.Text;

namespace Tessera.Tokenizer.Bpe.Tests;

public class CharacterClassesTests
{
    // SHA-256 over one byte per code point from U+0080 on, surrogates left out: 0B white space, D1 \p{N}, D2 \p{L}, D3 \p{P}, D4 \p{M},
    // D5 \p{S}, D0 the rest, computed from the reference's Unicode 15.1 tables.
    private const string Reference = "6c4f06218d0c74f4ec2901b7a68af3f26e57477032dfa350acdfcca81f351d00";

    [Fact]
    public void Every_code_point_has_the_class_that_the_reference_gives_it()
    {
        byte[] classes = [.. CodePoints().Where(c => c >= 0x80).Select(c => (byte)WithoutHan(CharacterClasses.ClassOf(c)))];

        Assert.Equal(Reference, Convert.ToHexStringLower(SHA256.HashData(classes)));
    }

    [Fact]
    public void Ascii_stands_for_itself() => Assert.All(Enumerable.Range(0, 0x80), c =>
    {
        Assert.Equal(c, CharacterClasses.ClassOf(c));
        Assert.Equal(c, CharacterClasses.CharacterOf(c));
    });

    [Fact]
    public void White_space_beyond_ascii_is_a_vertical_tab_to_every_pattern() => Assert.All("\u0085\u00A0\u1680\u2003\u2028\u202F\u205F\u3000", c =>
    {
        Assert.Equal('\v', CharacterClasses.ClassOf(c));
        Assert.Equal('\v', CharacterClasses.CharacterOf(c));
    });

    [Theory]
    [InlineData("中", CharacterClasses.HanLetter)]
    [InlineData("𠀀", CharacterClasses.HanLetter)]
    [InlineData("\uFADA", CharacterClasses.HanOther)]
    [InlineData("あ", CharacterClasses.Letter)]
    [InlineData("𝒜", CharacterClasses.Letter)]
    [InlineData("٣", CharacterClasses.Number)]
    [InlineData("🙂", CharacterClasses.Symbol)]
    [InlineData("\u0301", CharacterClasses.Mark)]
    [InlineData("。", CharacterClasses.Punctuation)]
    [InlineData("\u200D", CharacterClasses.Other)]
    public void A_character_stands_in_by_its_class(string character, char expected) =>
        Assert.Equal(expected, CharacterClasses.ClassOf(Rune.GetRuneAt(character, 0).Value));

    [Theory]
    [InlineData("中", '中')]
    [InlineData("\uFFFD", '\uFFFD')]
    [InlineData("𐐀", CharacterClasses.CasedBeyondBmp)]
    [InlineData("🙂", CharacterClasses.OtherBeyondBmp)]
    [InlineData("\uFFFE", CharacterClasses.OtherBeyondBmp)]
    public void A_character_stands_for_itself_where_one_unit_holds_it(string character, char expected) =>
        Assert.Equal(expected, CharacterClasses.CharacterOf(Rune.GetRuneAt(character, 0).Value));

    private static IEnumerable<int> CodePoints() => Enumerable.Range(0, 0x110000).Where(Rune.IsValid);

    private static char WithoutHan(char standIn) => standIn switch
    {
        CharacterClasses.HanLetter => CharacterClasses.Letter,
        CharacterClasses.HanOther => CharacterClasses.Other,
        _ => standIn,
    };
}
