using Tessera.Fuzz.Corpus;
using Tessera.Gguf;
using Tessera.Tokenization;

namespace Tessera.Fuzz.Targets;

/// <summary>The tokenizer that a file describes: made, then used in both directions.</summary>
internal sealed class TokenizeTarget : ModelTarget
{
    public override string Name => "tokenize";

    public override long FixedBytes => 2 << 20;

    public override void Run(string path)
    {
        using GgufModelFile file = GgufModelFile.Open(path);
        Use(EngineUnderTest.Loader.CreateTokenizer(file.Metadata));
    }

    /// <summary>Encodes and decodes as <c>tessera tokenize</c> does.</summary>
    public static void Use(ITokenizer tokenizer)
    {
        var encoder = new PromptEncoder(tokenizer);
        foreach (byte[] text in Texts.Bytes)
        {
            encoder.Encode(text, addSpecial: true, parseSpecial: true);
        }

        foreach (string text in Texts.All)
        {
            foreach (bool special in (ReadOnlySpan<bool>)[false, true])
            {
                List<int> ids = encoder.Encode(text, addSpecial: special, parseSpecial: special);
                StreamingDecoder.Decode(tokenizer, ids, showSpecial: special);
            }
        }

        for (int id = 0; id < Math.Min(tokenizer.Vocabulary.Count, 1000); id++)
        {
            tokenizer.Vocabulary.StringOf(id);
            StreamingDecoder.Decode(tokenizer, [id], showSpecial: true);
        }
    }

    protected override IReadOnlyList<byte[]> MakeCorpus() => [.. TinyModels.Vocabularies, .. TinyModels.All];
}
