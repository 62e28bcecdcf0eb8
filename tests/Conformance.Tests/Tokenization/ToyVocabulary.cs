using Tessera.Gguf;
using Tessera.Tokenization;

namespace Tessera.Conformance.Tests.Tokenization;

/// <summary>256 bytes, a few pieces, BOS and EOS; and texts with their ids, written by hand.</summary>
internal static class ToyVocabulary
{
    /// <summary>The folder with <c>toy.gguf</c> and <c>toy.jsonl</c>; written once per run.</summary>
    public static string Folder { get; } = Write();

    private static string Write()
    {
        string folder = Directory.CreateTempSubdirectory("tessera-toy-vocabulary-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        string[] pieces = ["the", " cat", "é", "<s>", "</s>"];
        var file = new GgufWriter();
        file.Set("tokenizer.ggml.model", "toy");
        file.SetArray("tokenizer.ggml.tokens", [.. Enumerable.Range(0, 256).Select(b => $"<0x{b:X2}>"), .. pieces]);
        file.SetArray("tokenizer.ggml.token_type", (int[])
        [
            .. Enumerable.Repeat((int)TokenType.Byte, 256), .. Enumerable.Repeat((int)TokenType.Normal, 3), .. Enumerable.Repeat((int)TokenType.Control, 2),
        ]);
        file.Set("tokenizer.ggml.bos_token_id", 259u);
        file.Set("tokenizer.ggml.eos_token_id", 260u);
        File.WriteAllBytes(Path.Combine(folder, "toy.gguf"), file.ToArray());
        File.WriteAllLines(Path.Combine(folder, "toy.jsonl"),
        [
            """{"text":"the cat","ids":[256,257],"ids_special":[259,256,257],"detok":"the cat"}""",
            """{"text":"a é\u00FF!","ids":[97,32,258,195,191,33],"ids_special":[259,97,32,258,195,191,33],"detok":"a éÿ!"}""",
            """{"text":"a</s>","ids":[97,60,47,115,62],"ids_special":[259,97,260],"detok":"a</s>"}""",
        ]);
        return folder;
    }
}
