namespace Tessera.Fuzz.Mutation;

/// <summary>Values at which programs break: the ends of every width, what overflows when it is multiplied, and small ones.</summary>
internal static class Interesting
{
    private static readonly ulong[] s_integers =
    [
        0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 127, 128, 255, 256, 257, 1000, 4095, 4096, 0x7FFF, 0x8000, 0xFFFF, 0x1_0000, 1_000_000,
        4_194_303,
        0x1000_0000, 0x2000_0001, 0x3FFF_FFFF, 0x4000_0000, 0x4000_0008, 0x7FFF_FFE0, 0x7FFF_FFFE, 0x7FFF_FFFF, 0x8000_0000, 0x8000_0001, 0xFFFF_FFFE,
        0xFFFF_FFFF,
        0x1_0000_0000, 0x1_0000_0001, 1UL << 40, 1UL << 60, 1UL << 61, 0x7FFF_FFFF_FFFF_FFFF, 1UL << 63, ulong.MaxValue - 31, ulong.MaxValue - 1,
        ulong.MaxValue,
    ];

    private static readonly double[] s_floats =
    [
        0, -0.0, 1, -1, 0.5, 2, 1e-30, 1e-45, 1e30, float.MaxValue, float.MinValue, double.MaxValue, double.Epsilon, double.NaN, double.PositiveInfinity,
        double.NegativeInfinity,
    ];

    private static readonly string[] s_texts =
    [
        "", " ", "a", "llama", "gpt2", "bert", "none", "default", "qwen2", "llama-bpe", "general.name", "token_embd.weight", "blk.0.attn_q.weight",
        "blk.1.attn_q.weight",
        "output.weight", "\0", "\n", "\u001b[31mred", "\u2581", "\u2581\u2581", "<0x00>", "<0xFF>", "<0x>", "<s>", "[PAD0]", "..", "../x", "/", "e\u0301",
        "\U0001F999", "\uFEFF",
        "%s%n", "{0}", "[red]", "-00001-of-00002.gguf", new('x', 300), new('\u00e9', 5000),
    ];

    public static ulong Integer(Random random) => random.Next(4) switch
    {
        0 => (ulong)random.Next(64),
        1 => (ulong)random.NextInt64(),
        _ => s_integers[random.Next(s_integers.Length)],
    };

    /// <summary>A number beside another one: one more or less, twice or half of it, or such a one that a product of the two has the same lower bits.</summary>
    public static ulong Near(ulong value, Random random) => random.Next(8) switch
    {
        0 => value + 1,
        1 => value - 1,
        2 => value * 2,
        3 => value / 2,
        4 => 0 - value,
        5 => value ^ (1UL << random.Next(64)),
        _ => value + (1UL << random.Next(28, 34)),
    };

    public static double Float(Random random) => s_floats[random.Next(s_floats.Length)];

    public static string Text(Random random) => s_texts[random.Next(s_texts.Length)];

    public static T In<T>(this Random random, IReadOnlyList<T> list) => list[random.Next(list.Count)];
}
