using Microsoft.Extensions.Logging;

namespace Tessera.Cli.Display;

/// <summary>Writes warnings and errors of the engine and its plugins to stderr, one line each.</summary>
internal sealed class StandardErrorLogger : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new Logger(categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Warning and < LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                Terminal.Note($"tessera: {category}: {Advice.InOptions(formatter(state, exception))}");
            }
        }
    }
}
