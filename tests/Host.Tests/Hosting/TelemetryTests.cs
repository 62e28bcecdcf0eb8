using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tessera.Diagnostics;
using Tessera.Generation;
using Tessera.Host.Tests.Loading;
using Tessera.Loading;

namespace Tessera.Host.Tests.Hosting;

/// <remarks>Meters and sources are the process': other tests would be counted with these.</remarks>
[Collection(nameof(MeasuredAlone))]
public class TelemetryTests(TinyEngine engine)
{
    [Fact]
    public async Task Loads_tokens_batches_and_cache_are_counted()
    {
        var sums = new ConcurrentDictionary<string, double>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == Telemetry.Name)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        void Add(string name, double value) => sums.AddOrUpdate(name, value, (_, sum) => sum + value);
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => Add(instrument.Name, value));
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Add(instrument.Name, value));
        listener.SetMeasurementEventCallback<double>((instrument, _, _, _) => Add(instrument.Name, 1));
        listener.Start();

        // What other tests have left is there before and after.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        listener.RecordObservableInstruments();
        (double models, double bytes) = (sums["tessera.models"], sums["tessera.cache.bytes"]);
        sums.Clear();

        using (LanguageModel model = await engine.LoadAsync(TinyVocabulary.Alphabet()))
        {
            using IModelSession session = model.CreateSession();
            Generate(session, model.Encode("a"));
            Generate(session, [.. model.Encode("a"), .. model.Encode("b")]);
            listener.RecordObservableInstruments();
            Assert.True(sums["tessera.cache.bytes"] > bytes);
            Assert.Equal(models + 1, sums["tessera.models"]);
            sums["tessera.models"] = sums["tessera.cache.bytes"] = 0;
        }

        listener.RecordObservableInstruments();
        Assert.Equal(1, sums["tessera.model.load.duration"]);
        Assert.Equal(models, sums["tessera.models"]);
        Assert.Equal(bytes, sums["tessera.cache.bytes"]);
        Assert.Equal(6, sums["tessera.tokens.output"]);
        Assert.True(sums["tessera.tokens.input"] > sums["tessera.tokens.cached"] && sums["tessera.tokens.cached"] >= 2);
        Assert.Equal(sums["tessera.tokens.input"] - sums["tessera.tokens.cached"] + 4, sums["tessera.batch.tokens"]);
        Assert.Equal(6, sums["tessera.batch.duration"]);
    }

    [Fact]
    public async Task Loading_and_generating_are_spans_beside_the_caller_s()
    {
        var spans = new ConcurrentQueue<Activity>();
        using ActivityListener listener = ListenTo(spans);
        using var caller = new Activity("caller").Start();

        using LanguageModel model = await engine.LoadAsync(TinyVocabulary.Alphabet());
        using IModelSession session = model.CreateSession();
        foreach (GeneratedToken _ in session.Generate(Request(model.Encode("a")), TestContext.Current.CancellationToken))
        {
            Assert.Same(caller, Activity.Current);
        }

        Assert.Equal(["tessera.load", "tessera.generate"], spans.Select(span => span.OperationName));
        Assert.All(spans, span => Assert.Equal(caller.SpanId, span.ParentSpanId));
        Assert.Equal(3, spans.Last().GetTagItem("tessera.tokens.output"));
    }

    [Fact]
    public async Task A_load_that_fails_is_a_span_with_the_error()
    {
        var spans = new ConcurrentQueue<Activity>();
        using ActivityListener listener = ListenTo(spans);

        await Assert.ThrowsAnyAsync<Exception>(() => engine.Loader.LoadAsync("no-such.gguf", cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(ActivityStatusCode.Error, Assert.Single(spans).Status);
    }

    [Fact]
    public async Task What_was_found_and_chosen_is_logged_with_ids()
    {
        var log = new EventLog();
        using ServiceProvider services = new ServiceCollection().AddSingleton<ILoggerFactory>(log)
            .AddTessera(builder => builder.Configure(options => options.Folders = [TinyEngine.Plugins, "/no/such/folder"])).BuildServiceProvider();

        using LanguageModel model = await services.GetRequiredService<IModelLoader>()
            .LoadAsync(engine.Save(TinyVocabulary.Alphabet()), cancellationToken: TestContext.Current.CancellationToken);
        _ = model.Tokenizer;

        Assert.Contains(log.Events, e => e is { Id: 100, Category: "Tessera.Plugins" }
            && e.Text.Contains("Tessera.Architecture.Llama", StringComparison.Ordinal));
        Assert.Contains(log.Events, e => e.Id == 101 && e.Text.Contains("/no/such/folder", StringComparison.Ordinal));
        Assert.Contains(log.Events, e => e.Id == 201 && e.Text.Contains("architecture llama", StringComparison.Ordinal));
        Assert.Contains(log.Events, e => e.Id == 201 && e.Text.Contains("tokenizer llama", StringComparison.Ordinal));
        Assert.Contains(log.Events, e => e is { Id: 203, Category: "Tessera.Models" }
            && e.Text.StartsWith($"Loaded {model.Path}: llama, Fast numerics", StringComparison.Ordinal));
    }

    /// <summary>Puts the engine's spans that end into a queue until it is disposed.</summary>
    private static ActivityListener ListenTo(ConcurrentQueue<Activity> spans)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Telemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private static void Generate(IModelSession session, IReadOnlyList<int> prompt) =>
        Assert.Equal(3, session.Generate(Request(prompt), TestContext.Current.CancellationToken).Count());

    private static GenerationRequest Request(IReadOnlyList<int> prompt) =>
        new() { Prompt = prompt, MaxTokens = 3, IgnoreEndOfGeneration = true, Sampling = new SamplingOptions { Temperature = 0 } };

    private sealed class EventLog : ILoggerFactory
    {
        public ConcurrentQueue<(string Category, int Id, string Text)> Events { get; } = [];

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public ILogger CreateLogger(string categoryName) => new Logger(categoryName, Events);

        public void Dispose()
        {
        }

        private sealed class Logger(string category, ConcurrentQueue<(string Category, int Id, string Text)> events) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                events.Enqueue((category, eventId.Id, formatter(state, exception)));
        }
    }
}
