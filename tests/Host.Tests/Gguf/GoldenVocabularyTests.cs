using Tessera.Conformance;
using Tessera.Gguf;

namespace Tessera.Host.Tests.Gguf;

public class GoldenVocabularyTests
{
    [Theory]
    [InlineData("llama-spm", 32000)]
    [InlineData("qwen2", 151646)]
    public void A_vocabulary_file_opens_with_all_its_tokens(string name, int tokens)
    {
        using GgufFile file = GgufFile.Open(Golden.Path($"vocabs/{name}.gguf"));

        Assert.Equal(tokens, file.Metadata.GetUtf8Strings("tokenizer.ggml.tokens")!.Count);
    }
}
