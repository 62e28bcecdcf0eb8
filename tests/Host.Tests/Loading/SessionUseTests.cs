using Tessera.Generation;

namespace Tessera.Host.Tests.Loading;

/// <summary>A session serves one caller at a time; the second is told, and the first goes on as if nothing had been.</summary>
public class SessionUseTests(TinyEngine engine)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_a_generation_is_enumerated_every_other_use_is_an_error_that_changes_nothing()
    {
        using LanguageModel model = await engine.LoadAsync(TinyVocabulary.Alphabet());
        using IModelSession session = model.CreateSession();
        GenerationRequest request = Request(model);
        string text = "";
        foreach (GeneratedToken token in session.Generate(request, Cancellation))
        {
            text += token.Text;
            int[] held = [.. session.Tokens];
            Refuses(() => _ = session.Generate(request, Cancellation).First());
            Refuses(() => session.Evaluate([5], [], Cancellation));
            Refuses(() => session.Rewind(0));
            await Assert.ThrowsAsync<TesseraException>(() => FirstAsync(session, request));
            Assert.Equal(held, session.Tokens);
        }

        Assert.Equal("bcdefghijklmnopqrstuvwxyz", text);
    }

    [Fact]
    public async Task Two_callers_get_one_text_and_one_error()
    {
        using LanguageModel model = await engine.LoadAsync(TinyVocabulary.Alphabet());
        using var session = (ModelSession)model.CreateSession();
        using var computing = new ManualResetEventSlim();
        using var refused = new ManualResetEventSlim();
        session.Observer = (_, _, _) =>
        {
            computing.Set();
            refused.Wait(Cancellation);
        };
        GenerationRequest request = Request(model);

        Task<string> first = Task.Run(() => string.Concat(session.Generate(request, Cancellation).Select(token => token.Text)), Cancellation);
        computing.Wait(Cancellation);
        await Assert.ThrowsAsync<TesseraException>(() => FirstAsync(session, request));
        Refuses(() => session.Evaluate([5], [], Cancellation));
        refused.Set();

        Assert.Equal("bcdefghijklmnopqrstuvwxyz", await first);
    }

    [Fact]
    public async Task The_session_is_free_after_a_generation_that_ended_was_left_failed_or_was_cancelled()
    {
        using LanguageModel model = await engine.LoadAsync(TinyVocabulary.Alphabet());
        using IModelSession session = model.CreateSession();
        GenerationRequest request = Request(model);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        Assert.Equal(26, session.Generate(request, Cancellation).Count());
        Assert.Equal("b", session.Generate(request, Cancellation).First().Text);
        Assert.Equal("b", (await FirstAsync(session, request)).Text);
        Assert.Throws<TesseraException>(() => session.Generate(request with { MaxTokens = -1 }, Cancellation).First());
        Assert.ThrowsAny<OperationCanceledException>(() => session.Generate(request, cancelled.Token).First());
        Assert.Throws<TesseraException>(() => session.Evaluate([-1], [], Cancellation));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Rewind(100));

        session.Rewind(0);
        session.Evaluate([1, 5], [], Cancellation);
        Assert.Equal([1, 5], session.Tokens);
    }

    private static GenerationRequest Request(LanguageModel model) => new() { Prompt = model.Encode("a"), Sampling = new SamplingOptions { Temperature = 0 } };

    private static async Task<GeneratedToken> FirstAsync(IModelSession session, GenerationRequest request)
    {
        await foreach (GeneratedToken token in session.GenerateAsync(request, Cancellation))
        {
            return token;
        }

        throw new InvalidOperationException("no token came");
    }

    private static void Refuses(Action use) => Assert.Contains("The session is in use", Assert.Throws<TesseraException>(use).Message, StringComparison.Ordinal);
}
