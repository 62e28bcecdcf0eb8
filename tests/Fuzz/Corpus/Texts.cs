namespace Tessera.Fuzz.Corpus;

/// <summary>What tokenizers are tried with.</summary>
internal static class Texts
{
    public static IReadOnlyList<string> All { get; } =
    [
        "", " a ab hello world", "<s>hell</s> <tool>\u2581<|end|>[PAD0]", "Zo\u00eb e\u0301 \U0001F999\n\n  12345 don't", "\ud800 lone \0 \u001b[31m", new('a', 400),
    ];
}
