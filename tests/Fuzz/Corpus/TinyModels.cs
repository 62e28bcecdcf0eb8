using Tessera.Architecture.Llama.Tests;
using Tessera.Gguf;
using Tessera.Tokenization;
using Tessera.Workbench.Quantizing;

namespace Tessera.Fuzz.Corpus;

/// <summary>Models of a few thousand weights, with either vocabulary and every format between them.</summary>
internal static class TinyModels
{
    private static readonly string[] s_pieces =
        ["<unk>", "<s>", "</s>", "\u2581", .. Enumerable.Range('a', 26).Select(c => $"{(char)c}"), "ab", "\u2581a", "<0x0A>", "<0xE9>", "<tool>"];

    private static readonly string[] s_merges = ["h e", "l l", "he ll", "hell o", "Ġ w", "o r", "Ġw or", "Ġwor l", "Ġworl d", "a a", "aa aa"];

    private static readonly Lazy<IReadOnlyList<byte[]>> s_all = new(Make);

    public static IReadOnlyList<byte[]> All => s_all.Value;

    /// <summary>Nothing but the vocabularies and what else a tokenizer asks for.</summary>
    public static IReadOnlyList<byte[]> Vocabularies { get; } = [WithPieces(new GgufWriter()).ToArray(), WithBytes(new GgufWriter()).ToArray()];

    /// <summary>A model in F32 with a SentencePiece vocabulary.</summary>
    public static byte[] Plain() => Model(new TinyShape { Width = 16, FeedForward = 24, Heads = 4, KvHeads = 4, KeyLength = 8, ValueLength = 4, Rotated = 8 });

    private static List<byte[]> Make()
    {
        var shape = new TinyShape { Layers = 1, Width = 32, FeedForward = 32, Heads = 2, KvHeads = 1, ContextLength = 256 };
        var bytes = new TinyLlama(shape with { Vocabulary = 256 + s_merges.Length + 1, Tied = true, Biases = true }) { MatrixType = GgmlType.Q8_0 };
        WithBytes(bytes.File);
        return
        [
            Plain(),
            bytes.ToArray(),
            Quantize(
                Model(shape),
                "Q8_0", "*attn_q*=Q4_0", "*attn_k*=Q4_1", "*attn_v*=Q5_0", "*attn_output*=Q5_1", "*ffn_gate*=IQ4_NL", "*ffn_up*=MXFP4", "token_embd*=F16",
                "output.*=BF16"),
            Quantize(
                Model(shape with { Width = 256, Tied = true }),
                "Q4_K", "*attn_q*=Q2_K", "*attn_k*=Q3_K", "*attn_v*=Q6_K", "*ffn_gate*=Q5_K", "*ffn_up*=IQ4_XS", "*ffn_down*=Q4_0", "*attn_output*=Q4_0"),
        ];
    }

    private static byte[] Model(TinyShape shape)
    {
        var model = new TinyLlama(shape with { Vocabulary = s_pieces.Length, ContextLength = 256 });
        WithPieces(model.File);
        return model.ToArray();
    }

    private static byte[] Quantize(byte[] model, string type, params string[] rules)
    {
        string folder = Directory.CreateTempSubdirectory("tessera-fuzz-").FullName;
        try
        {
            string source = Path.Combine(folder, "f32.gguf");
            string target = Path.Combine(folder, "quantized.gguf");
            File.WriteAllBytes(source, model);
            TensorTypeRule[] types = [.. rules.Select(rule => rule.Split('=')).Select(rule => new TensorTypeRule(rule[0], rule[1]))];
            EngineUnderTest.Quantizer.Quantize(source, target, new QuantizationOptions { Type = type, TensorTypes = types, Threads = 1 });
            return File.ReadAllBytes(target);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static GgufWriter WithPieces(GgufWriter file)
    {
        file.Set("tokenizer.ggml.model", "llama");
        file.SetArray("tokenizer.ggml.tokens", s_pieces);
        file.SetArray("tokenizer.ggml.scores", [.. s_pieces.Select((piece, _) => piece == "ab" ? -1f : piece == "\u2581a" ? -2f : -10f)]);
        file.SetArray("tokenizer.ggml.token_type", [.. s_pieces.Select(piece => (int)TypeOf(piece))]);
        file.Set("tokenizer.ggml.bos_token_id", 1u);
        file.Set("tokenizer.ggml.eos_token_id", 2u);
        file.Set("tokenizer.ggml.add_bos_token", true);
        return file;
    }

    private static GgufWriter WithBytes(GgufWriter file)
    {
        string[] tokens = [.. ByteAlphabet.All, .. s_merges.Select(merge => merge.Replace(" ", "", StringComparison.Ordinal)), "<|end|>"];
        file.Set("tokenizer.ggml.model", "gpt2");
        file.Set("tokenizer.ggml.pre", "llama-bpe");
        file.SetArray("tokenizer.ggml.tokens", tokens);
        file.SetArray("tokenizer.ggml.token_type", [.. tokens.Select(token => (int)(token == "<|end|>" ? TokenType.Control : TokenType.Normal))]);
        file.SetArray("tokenizer.ggml.merges", s_merges);
        file.Set("tokenizer.ggml.eos_token_id", (uint)(tokens.Length - 1));
        return file;
    }

    private static TokenType TypeOf(string piece) => piece switch
    {
        "<unk>" => TokenType.Unknown,
        "<s>" or "</s>" => TokenType.Control,
        "<tool>" => TokenType.UserDefined,
        _ => piece.StartsWith("<0x", StringComparison.Ordinal) ? TokenType.Byte : TokenType.Normal,
    };
}
