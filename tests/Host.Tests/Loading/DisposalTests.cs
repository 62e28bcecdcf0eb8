using Tessera.Architecture.Llama.Tests;
using Tessera.Generation;

namespace Tessera.Host.Tests.Loading;

public class DisposalTests(TinyEngine engine)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_disposed_model_computes_nothing_and_its_sessions_neither(int threads)
    {
        LanguageModel model = await engine.LoadAsync(new TinyLlama().WithVocabulary(), threads: threads);
        IModelSession session = model.CreateSession();
        session.Evaluate([1, 2, 3], [], Cancellation);

        model.Dispose();

        Assert.Throws<ObjectDisposedException>(() => model.CreateSession());
        Assert.Throws<ObjectDisposedException>(() => session.Evaluate([4], [], Cancellation));
        Assert.Throws<ObjectDisposedException>(() => session.Evaluate([4, 5, 6, 7, 8, 9], new float[32], Cancellation));
        Assert.Throws<ObjectDisposedException>(() => session.Generate(new GenerationRequest { Prompt = [1, 2] }, Cancellation).First());
        session.Dispose();
        model.Dispose();
    }

    [Fact]
    public async Task A_disposed_session_computes_nothing_and_others_go_on()
    {
        using LanguageModel model = await engine.LoadAsync(new TinyLlama());
        using IModelSession other = model.CreateSession();
        IModelSession session = model.CreateSession();
        session.Evaluate([1, 2, 3], [], Cancellation);

        session.Dispose();
        session.Dispose();

        Assert.Throws<ObjectDisposedException>(() => session.Evaluate([4], [], Cancellation));
        other.Evaluate([1, 2, 3], [], Cancellation);
        Assert.Equal([1, 2, 3], other.Tokens);
    }

    [Fact]
    public async Task Disposing_a_model_waits_for_the_session_that_is_computing()
    {
        LanguageModel model = await engine.LoadAsync(new TinyLlama());
        using var session = (ModelSession)model.CreateSession();
        using var computing = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        session.Observer = (_, _, _) =>
        {
            computing.Set();
            goOn.Wait(Cancellation);
        };
        var logits = new float[32];
        Task evaluation = Task.Run(() => session.Evaluate([1, 2, 3], logits, Cancellation), Cancellation);
        computing.Wait(Cancellation);

        var disposal = new Thread(model.Dispose);
        disposal.Start();
        ThreadState state = default;
        SpinWait.SpinUntil(() => (state = disposal.ThreadState) is ThreadState.WaitSleepJoin or ThreadState.Stopped);
        Assert.Equal(ThreadState.WaitSleepJoin, state);
        goOn.Set();
        await evaluation;
        disposal.Join();

        Assert.Contains(logits, value => value != 0);
    }
}
