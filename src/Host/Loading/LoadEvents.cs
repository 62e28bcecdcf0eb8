using Microsoft.Extensions.Logging;
using Tessera.Numerics;
using Tessera.Plugins;

namespace Tessera.Loading;

/// <summary>What is logged of loading, in the category <c>Tessera.Models</c>.</summary>
internal static partial class LoadEvents
{
    [LoggerMessage(200, LogLevel.Debug, "Loading {Path}.")]
    public static partial void Begins(ILogger logger, string path);

    [LoggerMessage(201, LogLevel.Debug, "The {Export} is served by {Plugin}.")]
    public static partial void Chosen(ILogger logger, PluginExport export, PluginInfo plugin);

    [LoggerMessage(202, LogLevel.Debug, "The tokenizer was read from {Path}.")]
    public static partial void TokenizerRead(ILogger logger, string path);

    [LoggerMessage(203, LogLevel.Information,
        "Loaded {Path}: {Architecture}, {Numerics} numerics, {Threads} threads, {Bytes} bytes of weights ({Milliseconds:0} ms).")]
    public static partial void Loaded(ILogger logger, string path, string architecture, NumericsMode numerics, int threads, long bytes, double milliseconds);
}
