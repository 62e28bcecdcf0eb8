using Tessera.Conformance;
using Tessera.Gguf;
using Tessera.Tokenization;

namespace Tessera.Tokenizer.Bpe.Tests;

public class GoldenVocabularyTests
{
    [Theory]
    [InlineData("llama-bpe")]
    [InlineData("qwen2")]
    [InlineData("gpt-2")]
    [InlineData("falcon")]
    [InlineData("starcoder")]
    public void The_ids_of_all_texts_equal_the_references(string name)
    {
        using GgufFile file = GgufFile.Open(Golden.Path($"vocabs/{name}.gguf"));
        ITokenizer tokenizer = new BpeTokenizerFactory(null).Create(file.Metadata, new TokenizerOptions());

        RecordedTexts[] texts = RecordedTexts.Read(Golden.Path($"vocabs/{name}.jsonl"));

        Assert.Equal(500, texts.Length);
        Assert.All(texts, t => Assert.Equal(t.Ids, tokenizer.Encode(t.Text)));
    }
}
