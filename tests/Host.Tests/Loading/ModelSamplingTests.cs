using Tessera.Architecture.Llama.Tests;
using Tessera.Generation;

namespace Tessera.Host.Tests.Loading;

/// <summary>What a file says about choosing tokens holds wherever its caller says nothing; what it suppresses is never drawn.</summary>
public class ModelSamplingTests(TinyEngine engine)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_without_options_takes_what_the_file_asks_for()
    {
        TinyLlama tiny = new TinyLlama().WithVocabulary();
        tiny.File.Set("general.sampling.temp", 0f);
        tiny.File.Set("general.sampling.top_k", 7);
        using LanguageModel model = await engine.LoadAsync(tiny);

        Assert.Equal(new SamplingOptions { Temperature = 0, TopK = 7 }, model.Sampling);
        Assert.Empty(model.UnservedSampling);
        Assert.Equal(Generate(model, model.Sampling), Generate(model, null));
        Assert.Equal(Generate(model, new SamplingOptions { Temperature = 0 }), Generate(model, null));
        Assert.NotEqual(Generate(model, model.Sampling with { Temperature = 5, TopK = 0, TopP = 1, MinP = 0, Seed = 3 }), Generate(model, null));
    }

    [Fact]
    public async Task Without_a_word_in_the_file_the_defaults_hold()
    {
        using LanguageModel model = await engine.LoadAsync(new TinyLlama().WithVocabulary());

        Assert.Equal(new SamplingOptions(), model.Sampling);
    }

    [Fact]
    public async Task A_sampler_that_there_is_not_is_told()
    {
        TinyLlama tiny = new TinyLlama().WithVocabulary();
        tiny.File.Set("general.sampling.mirostat", 2);
        using LanguageModel model = await engine.LoadAsync(tiny);

        Assert.Equal(["general.sampling.mirostat"], model.UnservedSampling);
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(3f)]
    public async Task A_suppressed_token_is_never_drawn(float temperature)
    {
        int[] suppressed = [.. Enumerable.Range(4, 20)];
        TinyLlama tiny = new TinyLlama().WithVocabulary();
        tiny.File.SetArray("tokenizer.ggml.suppress_tokens", suppressed);
        using LanguageModel model = await engine.LoadAsync(tiny);
        var sampling = new SamplingOptions { Temperature = temperature, TopK = 0, TopP = 1, MinP = 0, Seed = 3 };

        int[] drawn = Generate(model, sampling);
        Sampler sampler = model.CreateSampler(sampling);
        var logits = new float[32];
        Array.Fill(logits, 100, 4, 20);

        Assert.Equal(60, drawn.Length);
        Assert.DoesNotContain(drawn, id => suppressed.Contains(id));
        Assert.DoesNotContain(Enumerable.Range(0, 200).Select(_ => sampler.Sample(logits)), id => suppressed.Contains(id));
    }

    private static int[] Generate(LanguageModel model, SamplingOptions? sampling)
    {
        using IModelSession session = model.CreateSession();
        var request = new GenerationRequest { Prompt = [1, 5, 9], Sampling = sampling, MaxTokens = 60, IgnoreEndOfGeneration = true };
        return [.. session.Generate(request, Cancellation).Select(token => token.Id)];
    }
}
