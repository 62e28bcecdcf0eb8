using Tessera.Gguf;
using Tessera.Tokenization;

namespace Tessera.ModelFactory;

/// <summary>A SentencePiece vocabulary of any size: the three special tokens, the 256 bytes, then <c>t259</c>, <c>t260</c> and so on.</summary>
internal static class SyntheticVocabulary
{
    private const int FirstByte = 3;
    private const int FirstText = FirstByte + 256;

    public static void AddTo(GgufWriter writer, int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, FirstText);
        writer.Set("tokenizer.ggml.model", "llama");
        writer.SetArray("tokenizer.ggml.tokens", Enumerable.Range(0, size).Select(Text));
        writer.SetArray("tokenizer.ggml.scores", [.. Enumerable.Range(0, size).Select(id => id < FirstText ? 0f : -id)]);
        writer.SetArray("tokenizer.ggml.token_type", [.. Enumerable.Range(0, size).Select(id => (int)Type(id))]);
        writer.Set("tokenizer.ggml.bos_token_id", 1u);
        writer.Set("tokenizer.ggml.eos_token_id", 2u);
        writer.Set("tokenizer.ggml.unknown_token_id", 0u);
    }

    private static string Text(int id) => id switch
    {
        0 => "<unk>",
        1 => "<s>",
        2 => "</s>",
        < FirstText => $"<0x{id - FirstByte:X2}>",
        _ => $"t{id}",
    };

    private static TokenType Type(int id) => id switch
    {
        0 => TokenType.Unknown,
        < FirstByte => TokenType.Control,
        < FirstText => TokenType.Byte,
        _ => TokenType.Normal,
    };
}
