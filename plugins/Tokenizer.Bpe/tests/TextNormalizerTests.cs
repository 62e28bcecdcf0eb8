using System.Security.Cryptography;
using System.Text;
using Tessera.Tokenizer.Bpe.Normalization;

namespace Tessera.Tokenizer.Bpe.Tests;

public class TextNormalizerTests
{
    private static readonly NormalizationForm[] Forms = [NormalizationForm.FormC, NormalizationForm.FormD, NormalizationForm.FormKC, NormalizationForm.FormKD];

    [Theory]
    [InlineData(NormalizationForm.FormC, "e\u0301", "\u00E9")]
    [InlineData(NormalizationForm.FormD, "\u00E9", "e\u0301")]
    [InlineData(NormalizationForm.FormC, "\uFB01\u00BD\u2460", "\uFB01\u00BD\u2460")]
    [InlineData(NormalizationForm.FormKC, "\uFB01\u00BD\u2460", "fi1\u204421")]
    [InlineData(NormalizationForm.FormKD, "\u1E9B\u0323", "s\u0323\u0307")]
    [InlineData(NormalizationForm.FormC, "\u212B \u2126 \u1F71", "\u00C5 \u03A9 \u03AC")]
    [InlineData(NormalizationForm.FormC, "\u0958\u2ADC", "\u0915\u093C\u2ADD\u0338")]
    [InlineData(NormalizationForm.FormC, "\u1112\u1161\u11AB\u1100\u1173\u11AF", "\uD55C\uAE00")]
    [InlineData(NormalizationForm.FormC, "\uAC00\u11A7\uAC00\u11A8", "\uAC00\u11A7\uAC01")]
    [InlineData(NormalizationForm.FormD, "\uD55C\uAE00", "\u1112\u1161\u11AB\u1100\u1173\u11AF")]
    [InlineData(NormalizationForm.FormC, "a\u0323\u0301\u0302", "\u1EA1\u0301\u0302")]
    [InlineData(NormalizationForm.FormC, "a\u0302\u0323", "\u1EAD")]
    [InlineData(NormalizationForm.FormC, "a\u0332\u0301b", "\u00E1\u0332b")]
    [InlineData(NormalizationForm.FormC, "\u0301e\u0301", "\u0301\u00E9")]
    [InlineData(NormalizationForm.FormC, "\uD834\uDD5E", "\uD834\uDD57\uD834\uDD65")]
    [InlineData(NormalizationForm.FormKC, "plain", "plain")]
    [InlineData(NormalizationForm.FormC, "", "")]
    public void A_text_is_brought_into_its_form(NormalizationForm form, string text, string expected) => Assert.Equal(expected, Normalize(form, text));

    [Fact]
    public void A_lone_surrogate_is_the_replacement_character() => Assert.Equal("e\uFFFD\u0301", Normalize(NormalizationForm.FormC, "e\uD800\u0301"));

    /// <remarks>The sum was taken when all 19,074 tests of Unicode's own NormalizationTest.txt passed, in all forms.</remarks>
    [Fact]
    public void Every_character_and_many_sequences_come_out_as_unicode_15_says()
    {
        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (NormalizationForm form in Forms)
        {
            var normalizer = new TextNormalizer(form);
            foreach (string text in Texts())
            {
                sum.AppendData(Encoding.UTF8.GetBytes($"{normalizer.Normalize(text)}\n"));
            }
        }

        Assert.Equal("cb7094f4fc07e97c2a18e50f46f911ded6df1dec64c8900126c890f490e29872", Convert.ToHexStringLower(sum.GetHashAndReset()));
    }

    [Fact]
    public void Where_the_machine_can_normalize_it_gives_the_same()
    {
        if ("e\u0301".Normalize(NormalizationForm.FormC) != "\u00E9")
        {
            Assert.Skip("this process runs without ICU");
        }

        foreach (NormalizationForm form in Forms)
        {
            var normalizer = new TextNormalizer(form);
            string[] different = [.. Texts().Where(text => normalizer.Normalize(text).ToString() != text.Normalize(form))];
            Assert.True(
                different.Length == 0,
                $"{form}: {different.Length} texts, "
                + $"the first is {string.Join(' ', different.Take(1).SelectMany(t => t.EnumerateRunes()).Select(r => $"{r.Value:X4}"))}");
        }
    }

    [Fact]
    public void Marks_without_end_are_ordered()
    {
        string text = "a" + string.Concat(Enumerable.Repeat("\u0301\u0323", 200_000));

        Assert.Equal("\u1EA1" + new string('\u0323', 199_999) + new string('\u0301', 200_000), Normalize(NormalizationForm.FormC, text));
    }

    private static string Normalize(NormalizationForm form, string text) => new TextNormalizer(form).Normalize(text).ToString();

    /// <summary>Each character that a form changes or orders, among letters and marks: what a later Unicode adds is not among them.</summary>
    private static IEnumerable<string> Texts()
    {
        CharacterData data = CharacterData.Instance;
        var parts = new List<int>();
        int[] known =
        [
            .. Enumerable.Range(0x80, 0x10FF80).Where(Rune.IsValid).Where(character =>
            {
                parts.Clear();
                data.Decompose(character, compatible: true, parts);
                return data.ClassOf(character) > 0 || parts.Count > 1 || parts[0] != character;
            }),
        ];
        var random = new Random(15);
        int[] around = ['a', 'e', 'S', ' ', 0x301, 0x323, 0x345, 0x3099, 0x1100, 0x1161, 0x11A8, 0xAC00, 0x3B1, 0x915, 0x93C, 0x9C7, 0x9BE, 0x1D157, 0x1D165];
        int Around() => around[random.Next(around.Length)];
        return known.Select(character =>
        {
            int[] all = [Around(), character, Around(), known[random.Next(known.Length)], Around(), character];
            return string.Concat(all.Select(c => new Rune(c).ToString()));
        });
    }
}
