using Tessera.Conformance.Tokenization;
using Tessera.Gguf;
using Tessera.Tokenization;

namespace Tessera.Tokenizer.Spm.Tests;

/// <summary>The same ids from a tokenizer.model as from a GGUF file.</summary>
public sealed class LlamaModelFileConformance() : TokenizerConformance(new SentencePieceFile(), "llama-spm");

public class SentencePieceFileTests
{
    [Fact]
    public void A_unigram_model_is_refused() => AssertRefused(new SentencePieceFile { ModelType = 1 }, "unigram");

    [Fact]
    public void A_word_model_is_refused() => AssertRefused(new SentencePieceFile { ModelType = 3 }, "model type 3");

    [Fact]
    public void A_map_of_characters_is_refused() => AssertRefused(new SentencePieceFile { Map = [1, 2, 3] }, "by a map");

    [Fact]
    public void Removing_spaces_is_refused() => AssertRefused(new SentencePieceFile { RemovesSpaces = true }, "removes extra spaces");

    [Fact]
    public void The_dummy_prefix_is_the_files() =>
        Assert.False(new SentencePieceFile { AddsPrefix = false }.Create(Metadata(), new TokenizerOptions()).Vocabulary.Special.AddSpacePrefix);

    [Fact]
    public void A_file_that_is_cut_is_recognized_nowhere_but_between_two_fields_and_throws_nothing()
    {
        byte[] content = new SentencePieceFile().Write(Metadata());
        var factory = new SpmTokenizerFactory();
        int recognized = Enumerable.Range(0, content.Length).Count(length => factory.Recognizes(content.AsMemory(0, length)));

        // After each of the four pieces and after the trainer's part.
        Assert.Equal(5, recognized);
    }

    [Theory]
    [InlineData("{\"model\":{}}")]
    [InlineData("")]
    [InlineData("some text that is no model")]
    public void Other_files_are_not_recognized(string content) =>
        Assert.False(new SpmTokenizerFactory().Recognizes(System.Text.Encoding.UTF8.GetBytes(content)));

    private static void AssertRefused(SentencePieceFile file, string reason)
    {
        TesseraException error = Assert.Throws<TesseraException>(() => file.Create(Metadata(), new TokenizerOptions()));

        Assert.StartsWith("some/tokenizer.model: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private static IGgufMetadata Metadata()
    {
        var file = new GgufWriter();
        file.SetArray("tokenizer.ggml.tokens", (string[])["<unk>", "<s>", "</s>", "a"]);
        file.SetArray("tokenizer.ggml.token_type", (int[])[2, 3, 3, 1]);
        file.SetArray("tokenizer.ggml.scores", (float[])[0, 0, 0, -1]);
        return GgufFile.Read(file.ToArray(), "tiny.gguf").Metadata;
    }
}
