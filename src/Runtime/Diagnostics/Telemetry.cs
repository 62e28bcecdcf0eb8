using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Tessera.Diagnostics;

/// <summary>
/// The engine's figures and traces: a <see cref="Meter"/> and an <see cref="ActivitySource"/>, both named <see cref="Name"/>. Nobody listening costs
/// nothing.
/// </summary>
public static class Telemetry
{
    /// <summary>The name to listen to.</summary>
    public const string Name = "Tessera";

    private static readonly string? s_version = typeof(Telemetry).Assembly.GetName().Version?.ToString(3);
    private static readonly Meter s_meter = new(Name, s_version);
    private static int s_models;
    private static long s_cacheBytes;

    internal static ActivitySource Activities { get; } = new(Name, s_version);

    // These are asked for: who begins to listen late sees what there is, not only what changes.
    internal static ObservableUpDownCounter<int> Models { get; } = s_meter.CreateObservableUpDownCounter(
        "tessera.models", () => Volatile.Read(ref s_models), "{model}", "Models that are loaded.");

    internal static ObservableUpDownCounter<long> CacheBytes { get; } = s_meter.CreateObservableUpDownCounter(
        "tessera.cache.bytes", () => Volatile.Read(ref s_cacheBytes), "By", "Memory that sequences take for keys, values and states.");

    internal static Histogram<double> LoadDuration { get; } = s_meter.CreateHistogram<double>(
        "tessera.model.load.duration", "s", "How long loading a model took.");

    internal static Counter<long> InputTokens { get; } = s_meter.CreateCounter<long>(
        "tessera.tokens.input", "{token}", "Tokens of prompts, those that were remembered included.");

    internal static Counter<long> CachedTokens { get; } = s_meter.CreateCounter<long>(
        "tessera.tokens.cached", "{token}", "Tokens of prompts that were remembered and not computed again.");

    internal static Counter<long> OutputTokens { get; } = s_meter.CreateCounter<long>("tessera.tokens.output", "{token}", "Tokens that were generated.");

    internal static Histogram<int> BatchTokens { get; } = s_meter.CreateHistogram<int>(
        "tessera.batch.tokens", "{token}", "Tokens that went through a model together.");

    internal static Histogram<double> BatchDuration { get; } = s_meter.CreateHistogram<double>("tessera.batch.duration", "s", "How long a batch took.");

    internal static UpDownCounter<int> Queue { get; } = s_meter.CreateUpDownCounter<int>(
        "tessera.queue.length", "{caller}", "Callers that wait for a model's threads.");

    internal static void AddModels(int count) => Interlocked.Add(ref s_models, count);

    internal static void AddCacheBytes(long bytes) => Interlocked.Add(ref s_cacheBytes, bytes);
}
