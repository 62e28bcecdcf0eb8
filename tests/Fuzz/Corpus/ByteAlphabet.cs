namespace Tessera.Fuzz.Corpus;

/// <summary>The 256 characters that spell bytes in byte-level vocabularies: printable ones themselves, the others from U+0100 on.</summary>
internal static class ByteAlphabet
{
    public static IReadOnlyList<string> All { get; } = Make();

    private static string[] Make()
    {
        int next = 0x100;
        return [.. Enumerable.Range(0, 256).Select(value => $"{(char)(value is (>= 0x21 and <= 0x7E) or (>= 0xA1 and <= 0xAC) or >= 0xAE ? value : next++)}")];
    }
}
