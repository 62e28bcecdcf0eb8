using Tessera.Gguf;
using Tessera.Tokenization;

namespace Company_Plugin.Tests;

/// <summary>A file with a small vocabulary: 256 bytes, four pieces, BOS and EOS.</summary>
internal static class ToyVocabulary
{
    public static string Path { get; } = Write();

    private static string Write()
    {
        string[] tokens = [.. Enumerable.Range(0, 256).Select(b => $"<0x{b:X2}>"), "the", " cat", "é", " ", "<s>", "</s>"];
        TokenType[] types = [.. Enumerable.Repeat(TokenType.Byte, 256), .. Enumerable.Repeat(TokenType.Normal, 4), TokenType.Control, TokenType.Control];
        var file = new GgufWriter();
        file.Set("tokenizer.ggml.model", "toy");
        file.SetArray("tokenizer.ggml.tokens", tokens);
        file.SetArray("tokenizer.ggml.token_type", Array.ConvertAll(types, type => (int)type));
        file.Set("tokenizer.ggml.bos_token_id", 260u);
        file.Set("tokenizer.ggml.eos_token_id", 261u);
        string path = System.IO.Path.Combine(AppContext.BaseDirectory, "toy.gguf");
        File.WriteAllBytes(path, file.ToArray());
        return path;
    }
}
