using System.Reflection;
using System.Runtime.InteropServices;
using Tessera.Cli.Display;
using Tessera.Gguf;
using Tessera.Gguf.Files;
using Tessera.Plugins;

namespace Tessera.Cli.Application;

/// <summary>The last resort: what becomes of an exception that ends a command, a line on standard error and an exit code.</summary>
internal static class Failure
{
    /// <summary>Tells what happened.</summary>
    /// <param name="exception">What ended the command.</param>
    /// <param name="debug">Whether to show where in the program it happened.</param>
    /// <param name="interrupted">Whether the command was asked to stop.</param>
    /// <returns>The process' exit code.</returns>
    public static int Report(Exception exception, bool debug, bool interrupted)
    {
        FlushOutput();
        Exception cause = CauseOf(exception);
        if (cause is ReaderLeftException)
        {
            return ExitCode.ReaderLeft;
        }

        if (interrupted && cause is OperationCanceledException)
        {
            return ExitCode.Cancelled;
        }

        Terminal.Note($"tessera: {Advice.InOptions(Describe(cause))}{Advice.On(cause)}");
        if (debug)
        {
            foreach (string line in Trace(exception).Split(Environment.NewLine))
            {
                Terminal.Note(line);
            }
        }

        return cause switch
        {
            GgufException or InputFileException or PluginPackageException => ExitCode.BadInput,
            MissingPluginException or PluginConflictException => ExitCode.NoPluginServes,
            _ => ExitCode.Failure,
        };
    }

    /// <summary>What was written before belongs before the message.</summary>
    private static void FlushOutput()
    {
        try
        {
            Terminal.Flush();
        }
        catch (IOException)
        {
        }
    }

    /// <summary>What is inside the wrappings of tasks, reflection and static constructors.</summary>
    private static Exception CauseOf(Exception exception)
    {
        while (exception is AggregateException or TargetInvocationException or TypeInitializationException && exception.InnerException is { } inner)
        {
            exception = inner;
        }

        return exception;
    }

    private static string Describe(Exception cause)
    {
        try
        {
            return cause switch
            {
                TesseraException or IOException or UnauthorizedAccessException => cause.Message,
                DllNotFoundException when cause.Message.Contains("libSkiaSharp", StringComparison.Ordinal) =>
                    $"Plots need the library libSkiaSharp, which does not come with the tool for this system ({RuntimeInformation.RuntimeIdentifier}).",
                OutOfMemoryException => $"There is not enough memory: {cause.Message}",
                _ => $"An unexpected error, {cause.GetType().Name}: {cause.Message} (--debug shows where.)",
            };
        }
        catch (Exception)
        {
            return $"An unexpected error, {cause.GetType().Name}, which fails to describe itself.";
        }
    }

    private static string Trace(Exception exception)
    {
        try
        {
            return exception.ToString();
        }
        catch (Exception)
        {
            return exception.StackTrace ?? "";
        }
    }
}
