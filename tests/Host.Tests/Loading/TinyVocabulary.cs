using Tessera.Architecture.Llama.Tests;
using Tessera.Gguf;
using Tessera.Tokenization;

namespace Tessera.Host.Tests.Loading;

/// <summary>The SentencePiece vocabulary of the tiny models: three special tokens, the escaped space, a to z and two merges.</summary>
internal static class TinyVocabulary
{
    public const int Bos = 1;
    public const int Eos = 2;
    public const int Space = 3;
    public const int SpaceA = 31;

    private const int AB = 30;

    /// <summary>The tokens' texts by id.</summary>
    public static readonly string[] Texts = ["<unk>", "<s>", "</s>", "\u2581", .. Enumerable.Range('a', 26).Select(c => $"{(char)c}"), "ab", "\u2581a"];

    /// <summary>The token of a letter.</summary>
    public static int Letter(char letter) => Space + 1 + (letter - 'a');

    /// <summary>Gives a model the vocabulary.</summary>
    public static TinyLlama WithVocabulary(this TinyLlama model)
    {
        GgufWriter file = model.File;
        file.Set("tokenizer.ggml.model", "llama");
        file.SetArray("tokenizer.ggml.tokens", Texts);
        file.SetArray("tokenizer.ggml.scores", [.. Texts.Select((_, id) => id == AB ? -1f : id == SpaceA ? -2f : -10f)]);
        file.SetArray("tokenizer.ggml.token_type", [.. Texts.Select((_, id) => (int)TypeOf(id))]);
        file.Set("tokenizer.ggml.bos_token_id", (uint)Bos);
        file.Set("tokenizer.ggml.eos_token_id", (uint)Eos);
        return model;
    }

    /// <summary>A model that says the alphabet: after " a" (or b to y) comes the next letter, after z the end of the sequence, then " a" again.</summary>
    public static TinyLlama Alphabet() =>
        new TinyLlama().WithVocabulary().CountThrough([SpaceA, .. Enumerable.Range(Letter('b'), 25), Eos]);

    private static TokenType TypeOf(int id) => id == 0 ? TokenType.Unknown : id is Bos or Eos ? TokenType.Control : TokenType.Normal;
}
