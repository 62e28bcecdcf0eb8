using System.Buffers;
using System.Text;
using Tessera.Tokenization;
using Xunit;

namespace Tessera.Conformance.Tokenization;

public abstract partial class TokenizerConformance
{
    /// <summary>Whether a character comes back from its ids. A vocabulary that lacks a byte, or a tokenizer that normalizes, says no to some.</summary>
    protected virtual bool Holds(Rune character) => true;

    [Fact]
    public void Characters_of_every_plane_come_back()
    {
        ITokenizer tokenizer = Create();
        var encoder = new PromptEncoder(tokenizer);
        for (int plane = 0; plane <= 16; plane++)
        {
            string text = string.Concat(CharactersOf(plane).EnumerateRunes().Where(Holds));
            Assert.Equal(text, TextOf(tokenizer, encoder.Encode(text, addSpecial: false, parseSpecial: false)));
        }
    }

    [Fact]
    public void Text_of_a_user_never_becomes_a_control_token()
    {
        ITokenizer tokenizer = Create();
        var encoder = new PromptEncoder(tokenizer);
        Vocabulary vocabulary = tokenizer.Vocabulary;
        foreach (int control in Enumerable.Range(0, vocabulary.Count).Where(id => vocabulary.TypeOf(id) == TokenType.Control))
        {
            string name = vocabulary.StringOf(control);
            foreach (string text in (string[])[name, $"a{name}b", $"{name} {name}"])
            {
                List<int> plain = encoder.Encode(text, addSpecial: false, parseSpecial: false);
                Assert.DoesNotContain(plain, id => vocabulary.TypeOf(id) == TokenType.Control);
                Assert.Contains(control, encoder.Encode(text, addSpecial: false, parseSpecial: true));
            }
        }
    }

    [Fact]
    public void Every_token_decodes_and_control_tokens_to_nothing()
    {
        ITokenizer tokenizer = Create();
        var bytes = new ArrayBufferWriter<byte>();
        for (int id = 0; id < tokenizer.Vocabulary.Count; id++)
        {
            bytes.ResetWrittenCount();
            tokenizer.Decode(id, bytes);
            if (tokenizer.Vocabulary.TypeOf(id) == TokenType.Control)
            {
                Assert.True(bytes.WrittenCount == 0, $"the control token {id} writes {Show(Encoding.UTF8.GetString(bytes.WrittenSpan))}");
            }
        }
    }

    /// <remarks>
    /// Time is not asserted, memory is: it repeats to the byte. What re-reads its rest without keeping it is not found here, but takes visibly
    /// long over these texts.
    /// </remarks>
    [Fact]
    public void Memory_grows_with_the_text_and_no_faster()
    {
        ITokenizer tokenizer = Create();
        foreach (string unit in (string[])["a", " ", "7", "\n", "ab", "lorem ipsum ", "\U0001F600"])
        {
            _ = BytesAllocated(tokenizer, Repeat(unit, 1 << 10));
            long small = BytesAllocated(tokenizer, Repeat(unit, 1 << 14));
            long large = BytesAllocated(tokenizer, Repeat(unit, 1 << 16));
            Assert.True(large <= 8 * (small + (1 << 16)), $"{Show(unit)} again and again: four times the text took {small} and {large} bytes");
        }
    }

    [Fact]
    public void Many_threads_encode_at_once()
    {
        ITokenizer tokenizer = Create();
        string[] texts = [.. Enumerable.Range(0, 17).Select(CharactersOf), Repeat("lorem ipsum ", 2000)];
        int[][] expected = Array.ConvertAll(texts, text => Encode(tokenizer, text));

        ManyThreads.Do(8 * texts.Length, i =>
            Assert.Equal(expected[i % texts.Length], Encode(tokenizer, texts[i % texts.Length])));
    }

    private static string CharactersOf(int plane)
    {
        const int Step = 257;
        var text = new StringBuilder();
        for (int i = 1; i < 0x10000; i += Step)
        {
            if (Rune.IsValid((plane << 16) + i))
            {
                text.Append(new Rune((plane << 16) + i).ToString());
            }
        }

        return text.ToString();
    }

    private static string Repeat(string unit, int length) => new StringBuilder().Insert(0, unit, length / unit.Length).ToString();

    private static int[] Encode(ITokenizer tokenizer, string text)
    {
        var ids = new List<int>();
        tokenizer.Encode(text, afterSpecial: true, ids);
        return [.. ids];
    }

    private static string TextOf(ITokenizer tokenizer, IEnumerable<int> ids)
    {
        var decoder = new StreamingDecoder(tokenizer, startsText: true);
        return string.Concat(ids.Select(decoder.Append)) + decoder.Flush();
    }

    private static long BytesAllocated(ITokenizer tokenizer, string text)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        tokenizer.Encode(text, afterSpecial: true, new List<int>(text.Length * 4));
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
