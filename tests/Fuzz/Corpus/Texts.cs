namespace Tessera.Fuzz.Corpus;

/// <summary>What tokenizers are tried with.</summary>
internal static class Texts
{
    public static IReadOnlyList<string> All { get; } =
    [
        "", " a ab hello world", "<s>hell</s> <tool>\u2581<|end|>[PAD0]", "Zo\u00eb e\u0301 \U0001F999\n\n  12345 don't", "\ud800 lone \0 \u001b[31m",
        new('a', 400),
    ];

    /// <summary>Texts as files have them: with a byte order mark, without a character's end, no UTF-8 at all.</summary>
    public static IReadOnlyList<byte[]> Bytes { get; } = [[0xEF, 0xBB, 0xBF, 0x61], [0x61, 0xC3], [0xFF, 0xFE, 0x80, 0x20, 0xF5, 0x0A], [0xED, 0xA0, 0x80]];
}
