using Tessera.Architecture.Llama.Tests;
using Tessera.Generation;
using Tessera.Numerics;
using Tessera.Tokenization;

namespace Tessera.Host.Tests.Loading;

public class GenerationTests(TinyEngine engine)
{
    private static readonly SamplingOptions Greedy = new() { Temperature = 0 };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(NumericsMode.Exact)]
    [InlineData(NumericsMode.Fast)]
    public async Task A_model_goes_on_until_it_ends_the_sequence(NumericsMode numerics)
    {
        using LanguageModel model = await engine.LoadAsync(TinyVocabulary.Alphabet(), numerics);
        using IModelSession session = model.CreateSession();

        List<GeneratedToken> tokens = await Collect(session, Request(model, "a"));

        Assert.Equal("bcdefghijklmnopqrstuvwxyz", Text(tokens));
        Assert.Equal([.. Enumerable.Range(TinyVocabulary.Letter('b'), 25), TinyVocabulary.Eos], tokens.Select(t => t.Id));
        Assert.Equal(StopReason.EndOfGeneration, tokens[^1].Stop);
        Assert.Equal("", tokens[^1].Text);
        Assert.All(tokens.SkipLast(1), t => Assert.Equal(StopReason.None, t.Stop));
        Assert.All(tokens, t => Assert.InRange(t.LogProbability, -1e-3, 0));
    }

    [Fact]
    public async Task Logits_that_no_token_can_be_chosen_from_are_an_error_that_names_the_model()
    {
        TinyLlama damaged = TinyVocabulary.Alphabet();
        damaged.Tensors["output.weight"].Values[0] = float.NaN;
        using LanguageModel model = await engine.LoadAsync(damaged);
        using IModelSession session = model.CreateSession();

        TesseraException error = await Assert.ThrowsAsync<TesseraException>(() => Collect(session, Request(model, "a")));

        Assert.StartsWith($"{model.Path}: The logit of token 0 ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_comes_on_the_callers_thread()
    {
        using LanguageModel model = await engine.LoadAsync(TinyVocabulary.Alphabet());
        using IModelSession session = model.CreateSession();
        GenerationRequest request = Request(model, "a");

        List<GeneratedToken> tokens = [.. session.Generate(request, Cancellation)];

        Assert.Equal(await Collect(model.CreateSession(), request), tokens);
    }

    [Fact]
    public async Task The_end_of_a_sequence_can_be_ignored()
    {
        using LanguageModel model = await engine.LoadAsync(TinyVocabulary.Alphabet());
        using IModelSession session = model.CreateSession();

        List<GeneratedToken> tokens = await Collect(session, Request(model, "a") with { IgnoreEndOfGeneration = true, MaxTokens = 30 });

        Assert.Equal("bcdefghijklmnopqrstuvwxyz abcd", Text(tokens));
        Assert.Equal(StopReason.Length, tokens[^1].Stop);
    }

    [Theory]
    [InlineData(1, "b")]
    [InlineData(3, "bcd")]
    public async Task No_more_tokens_come_than_were_asked_for(int count, string text)
    {
        using LanguageModel model = await engine.LoadAsync(TinyVocabulary.Alphabet());
        using IModelSession session = model.CreateSession();

        List<GeneratedToken> tokens = await Collect(session, Request(model, "a") with { MaxTokens = count });

        Assert.Equal(count, tokens.Count);
        Assert.Equal(text, Text(tokens));
        Assert.Equal(StopReason.Length, tokens[^1].Stop);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public async Task Less_than_no_token_cannot_be_asked_for(int count)
    {
        using LanguageModel model = await engine.LoadAsync(TinyVocabulary.Alphabet());
        using IModelSession session = model.CreateSession();

        var error = await Assert.ThrowsAsync<TesseraException>(() => Collect(session, Request(model, "a") with { MaxTokens = count }));

        Assert.Contains($"{count}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_string_ends_the_text_before_it()
    {
        using LanguageModel model = await engine.LoadAsync(TinyVocabulary.Alphabet());
        using IModelSession session = model.CreateSession();

        List<GeneratedToken> tokens = await Collect(session, Request(model, "a") with { Stop = ["xyz", "fgh", "gx"] });

        Assert.Equal("bcde", Text(tokens));
        Assert.Equal(StopReason.StopString, tokens[^1].Stop);
        Assert.Equal(7, tokens.Count);
    }

    [Fact]
    public async Task What_was_held_back_for_a_stop_string_comes_with_the_last_token()
    {
        using LanguageModel model = await engine.LoadAsync(TinyVocabulary.Alphabet());
        using IModelSession session = model.CreateSession();

        List<GeneratedToken> tokens = await Collect(session, Request(model, "a") with { Stop = ["cde!"], MaxTokens = 4 });

        Assert.Equal(["b", "", "", "cde"], tokens.Select(t => t.Text));
        Assert.Equal(StopReason.Length, tokens[^1].Stop);
    }

    [Fact]
    public async Task A_full_context_ends_the_generation_with_one_token_more_than_fits()
    {
        using LanguageModel model = await engine.LoadAsync(TinyVocabulary.Alphabet());
        using IModelSession session = model.CreateSession(5);

        List<GeneratedToken> tokens = await Collect(session, Request(model, "a"));

        // The prompt's two tokens and three more are in the cache; the fourth was made from them.
        Assert.Equal("bcde", Text(tokens));
        Assert.Equal(StopReason.ContextFull, tokens[^1].Stop);
        Assert.Equal(5, session.Tokens.Count);
    }

    [Fact]
    public async Task A_prompt_that_fills_the_context_gets_one_token()
    {
        using LanguageModel model = await engine.LoadAsync(TinyVocabulary.Alphabet());
        using IModelSession session = model.CreateSession(2);

        GeneratedToken token = Assert.Single(await Collect(session, Request(model, "a")));

        Assert.Equal(StopReason.ContextFull, token.Stop);
    }

    [Fact]
    public async Task A_prompt_that_does_not_fit_is_refused_with_both_numbers()
    {
        using LanguageModel model = await engine.LoadAsync(TinyVocabulary.Alphabet());
        using IModelSession session = model.CreateSession(4);
        GenerationRequest request = Request(model, "wxyz");

        var error = await Assert.ThrowsAsync<TesseraException>(() => Collect(session, request));

        Assert.Contains("6 tokens", error.Message, StringComparison.Ordinal);
        Assert.Contains("context of 4", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prompt_without_tokens_is_refused()
    {
        using LanguageModel model = await engine.LoadAsync(TinyVocabulary.Alphabet());
        using IModelSession session = model.CreateSession();

        await Assert.ThrowsAsync<TesseraException>(() => Collect(session, new GenerationRequest { Prompt = [] }));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(32)]
    public async Task A_prompts_token_that_does_not_exist_is_named(int id)
    {
        using LanguageModel model = await engine.LoadAsync(TinyVocabulary.Alphabet());
        using IModelSession session = model.CreateSession();

        var error = await Assert.ThrowsAsync<TesseraException>(() => Collect(session, new GenerationRequest { Prompt = [1, id, 4] }));

        Assert.Contains($"token {id} ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(NumericsMode.Exact)]
    [InlineData(NumericsMode.Fast)]
    public async Task The_likeliest_tokens_are_the_same_each_time(NumericsMode numerics)
    {
        using LanguageModel model = await engine.LoadAsync(new TinyLlama().WithVocabulary(), numerics);

        List<GeneratedToken> first = await Generate(model, [1, 5, 9], Greedy);

        Assert.Equal(40, first.Count);
        Assert.Equal(first, await Generate(model, [1, 5, 9], Greedy));
    }

    [Fact]
    public async Task A_seed_makes_a_draw_repeatable()
    {
        using LanguageModel model = await engine.LoadAsync(new TinyLlama().WithVocabulary());
        var sampling = new SamplingOptions { Temperature = 2, Seed = 5 };

        List<GeneratedToken> first = await Generate(model, [1, 5, 9], sampling);

        Assert.Equal(first, await Generate(model, [1, 5, 9], sampling));
        Assert.NotEqual(first, await Generate(model, [1, 5, 9], sampling with { Seed = 6 }));
    }

    [Fact]
    public async Task What_a_session_holds_of_a_prompt_is_not_computed_again_and_changes_nothing()
    {
        using LanguageModel model = await engine.LoadAsync(new TinyLlama().WithVocabulary(), NumericsMode.Fast);
        using var session = (ModelSession)model.CreateSession();
        int computed = 0;
        session.Observer = (name, layer, x) => computed += name == "attn_norm" && layer == 0 ? x.Rows : 0;
        List<GeneratedToken> said = await Collect(session, Random([1, 5, 9, 20]));
        int[] prompt = [1, 5, 9, 20, .. said.Select(t => t.Id), 7, 8];

        computed = 0;
        List<GeneratedToken> continued = await Collect(session, Random(prompt) with { MaxTokens = 10 });

        // The last token that was made was never evaluated; it, two new ones and nine of the ten that follow are.
        Assert.Equal(1 + 2 + 9, computed);
        Assert.Equal(await Collect(model.CreateSession(), Random(prompt) with { MaxTokens = 10 }), continued);
    }

    [Theory]
    [InlineData(1, 5, 9, 20)]
    [InlineData(1, 5)]
    [InlineData(1, 5, 11, 20, 21)]
    [InlineData(30)]
    public async Task A_prompt_that_departs_from_what_a_session_holds_gives_what_a_new_session_gives(params int[] prompt)
    {
        using LanguageModel model = await engine.LoadAsync(new TinyLlama().WithVocabulary());
        using IModelSession session = model.CreateSession();
        await Collect(session, Random([1, 5, 9, 20]));

        Assert.Equal(await Collect(model.CreateSession(), Random(prompt)), await Collect(session, Random(prompt)));
    }

    [Fact]
    public async Task A_generation_that_is_cancelled_before_it_begins_computes_nothing()
    {
        using LanguageModel model = await engine.LoadAsync(TinyVocabulary.Alphabet());
        using IModelSession session = model.CreateSession();
        GenerationRequest request = Request(model, "a");
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Collect(session, request, cancelled.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => session.Generate(request, cancelled.Token).First());

        Assert.Empty(session.Tokens);
    }

    [Fact]
    public async Task A_generation_that_is_cancelled_half_way_leaves_a_session_to_go_on_with()
    {
        using LanguageModel model = await engine.LoadAsync(TinyVocabulary.Alphabet());
        using IModelSession session = model.CreateSession();
        GenerationRequest request = Request(model, "a");
        using var cancelled = new CancellationTokenSource();
        var tokens = new List<GeneratedToken>();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (GeneratedToken token in session.GenerateAsync(request, cancelled.Token))
            {
                tokens.Add(token);
                if (tokens.Count == 3)
                {
                    await cancelled.CancelAsync();
                }
            }
        });

        Assert.Equal("bcd", Text(tokens));
        Assert.Equal("efghijklmnopqrstuvwxyz", Text(await Collect(session, request with { Prompt = [.. request.Prompt, .. tokens.Select(t => t.Id)] })));
    }

    [Fact]
    public async Task Two_sessions_generate_at_once()
    {
        using LanguageModel model = await engine.LoadAsync(new TinyLlama().WithVocabulary(), threads: 3);
        int[][] prompts = [[1, 5, 9], [1, 6, 2, 12, 30]];
        List<GeneratedToken>[] expected = [await Collect(model.CreateSession(), Random(prompts[0])), await Collect(model.CreateSession(), Random(prompts[1]))];

        List<GeneratedToken>[] actual = await Task.WhenAll(
            prompts.Select(prompt => Task.Run(() => Collect(model.CreateSession(), Random(prompt)), Cancellation)));

        Assert.Equal(expected, actual);
    }

    [Fact]
    public async Task A_hook_sees_all_tokens_and_changes_what_is_chosen_but_not_the_log_probabilities()
    {
        await using LanguageModel model = await engine.LoadAsync(TinyVocabulary.Alphabet());
        await using IModelSession session = model.CreateSession();
        var seen = new List<int>();
        GenerationRequest request = Request(model, "a") with
        {
            MaxTokens = 3,
            BeforeSampling = (tokens, logits) =>
            {
                seen.Add(tokens.Count);
                logits[TinyVocabulary.Letter('c')] = float.NegativeInfinity;
                logits[TinyVocabulary.Letter('x')] = 1000;
            },
        };

        List<GeneratedToken> tokens = await Collect(session, request);

        Assert.Equal("xxx", Text(tokens));
        Assert.Equal([2, 3, 4], seen);
        Assert.All(tokens, token => Assert.True(token.LogProbability < -1));
    }

    [Fact]
    public async Task Ids_are_decoded_as_a_text_and_a_user_s_text_makes_no_control_token()
    {
        await using LanguageModel model = await engine.LoadAsync(TinyVocabulary.Alphabet());

        Assert.Equal("abc", model.Decode(model.Encode("abc")));
        Assert.Equal([TinyVocabulary.Bos, TinyVocabulary.Eos], model.Encode(PromptPart.Template("</s>"), PromptPart.Literal("")));
        Assert.DoesNotContain(TinyVocabulary.Eos, model.Encode(PromptPart.Template(""), PromptPart.Literal("</s>")));
    }

    private static GenerationRequest Request(LanguageModel model, string prompt) => new() { Prompt = model.Encode(prompt), Sampling = Greedy };

    /// <summary>For a model with random weights, which may end a sequence at any time.</summary>
    private static GenerationRequest Random(int[] prompt) => new() { Prompt = prompt, Sampling = Greedy, MaxTokens = 25, IgnoreEndOfGeneration = true };

    private static async Task<List<GeneratedToken>> Generate(LanguageModel model, int[] prompt, SamplingOptions sampling)
    {
        using IModelSession session = model.CreateSession();
        return await Collect(session, Random(prompt) with { Sampling = sampling, MaxTokens = 40 });
    }

    private static async Task<List<GeneratedToken>> Collect(IModelSession session, GenerationRequest request, CancellationToken? cancellation = null)
    {
        var tokens = new List<GeneratedToken>();
        await foreach (GeneratedToken token in session.GenerateAsync(request, cancellation ?? Cancellation))
        {
            tokens.Add(token);
        }

        return tokens;
    }

    private static string Text(IEnumerable<GeneratedToken> tokens) => string.Concat(tokens.Select(t => t.Text));
}
