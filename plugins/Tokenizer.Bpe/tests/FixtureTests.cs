using Tessera.Conformance;
using Tessera.Gguf;
using Tessera.Tokenization;

namespace Tessera.Tokenizer.Bpe.Tests;

public class FixtureTests
{
    private static readonly string Folder = Path.Combine(Golden.RepositoryRoot, "tests", "fixtures", "shakespeare-bpe");

    [Fact]
    public void The_fixtures_texts_get_the_references_ids_and_come_back()
    {
        using GgufFile file = GgufFile.Open(Path.Combine(Folder, "shakespeare-bpe.Q4_K_M.gguf"));
        ITokenizer tokenizer = new BpeTokenizerFactory(null).Create(file.Metadata, new TokenizerOptions());

        RecordedTexts[] texts = RecordedTexts.Read(Path.Combine(Folder, "tokens.jsonl"));

        Assert.Equal(203, texts.Length);
        Assert.All(texts, t => Assert.Equal(t.Ids, tokenizer.Encode(t.Text)));
        Assert.All(texts, t => Assert.Equal(t.Detok, tokenizer.Decode(t.Ids)));
    }
}
