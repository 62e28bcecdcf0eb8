using System.Globalization;
using Tessera.Gguf;
using Tessera.Tokenization;

namespace Tessera.Tokenizer.Spm.Tests;

/// <summary>A vocabulary of a few tokens, written as a GGUF file as a model would have it.</summary>
internal sealed class TinyVocabulary
{
    private readonly List<(string Text, TokenType Type, float Score)> _tokens =
        [("<unk>", TokenType.Unknown, 0), ("<s>", TokenType.Control, 0), ("</s>", TokenType.Control, 0)];

    private readonly GgufWriter _file = new();

    public TinyVocabulary Add(string text, float score = 0, TokenType type = TokenType.Normal)
    {
        _tokens.Add((text, type, score));
        return this;
    }

    public TinyVocabulary AddBytes()
    {
        for (int value = 0; value < 256; value++)
        {
            Add(string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>"), 0, TokenType.Byte);
        }

        return this;
    }

    public TinyVocabulary Set<T>(string key, T value)
        where T : unmanaged
    {
        _file.Set(key, value);
        return this;
    }

    public TinyVocabulary Set(string key, string value)
    {
        _file.Set(key, value);
        return this;
    }

    public ITokenizer Create()
    {
        _file.SetArray("tokenizer.ggml.tokens", _tokens.Select(t => t.Text));
        _file.SetArray("tokenizer.ggml.token_type", _tokens.Select(t => (int)t.Type).ToArray());
        _file.SetArray("tokenizer.ggml.scores", _tokens.Select(t => t.Score).ToArray());
        using GgufFile file = GgufFile.Read(_file.ToArray(), "tiny.gguf");
        return new SpmTokenizerFactory().Create(file.Metadata, new TokenizerOptions());
    }
}
