using System.Reflection;
using System.Runtime.Loader;

namespace Tessera.Plugins;

/// <summary>Says in words what went wrong in a plugin. What it threw is a plugin's code too: reading it may fail, and its texts have any length.</summary>
internal static class PluginFailure
{
    private const int LongestMessage = 1000;
    private const int LongestTypeName = 100;

    // A message for people has no more; what it quotes of a file may be long.
    private const int LongestExplanation = 10_000;
    private const int LongestDetails = 20_000;

    // A chain that is longer was built to be.
    private const int MostCauses = 100;

    /// <summary>
    /// Whether an exception says nothing yet to the person who runs a model. A plugin that gives up its own work with an
    /// <see cref="OperationCanceledException"/> fails like any other: nobody asked it to.
    /// </summary>
    public static bool IsUnexplained(Exception exception) =>
        exception is not TesseraException
        || AssemblyLoadContext.GetLoadContext(exception.GetType().Assembly) is PluginLoadContext
        || exception.Message.Length > LongestExplanation
        || Read(exception.ToString) is null;

    /// <summary>The error of a plugin's code.</summary>
    /// <param name="plugin">The plugin.</param>
    /// <param name="task">What it fails to do: <c>to bind the tensor 'output.weight'</c>.</param>
    /// <param name="cause">What it threw.</param>
    public static TesseraException Of(PluginInfo plugin, string task, Exception cause)
    {
        string description = Describe(cause);
        return new($"The plugin {plugin.Name} ('{plugin.File}') fails {task}: {description}", new PluginFault(description, Details(cause)));
    }

    /// <summary>The message of the first cause that can be read: what the reflection and composition layers wrapped says nothing to a user. One line.</summary>
    public static string Describe(Exception exception)
    {
        (string Message, Exception Of) first = ("what is wrong cannot be read", exception);
        Exception? cause = exception;
        for (int i = 0; i < MostCauses && cause is not null; i++)
        {
            Exception read = cause;
            first = Read(() => read.Message) is { } message ? (message, read) : first;
            cause = CauseOf(read);
        }

        string[] words = Shorten(first.Message, LongestMessage).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        string line = string.Join(' ', words);
        return first.Of is PluginFault ? line : $"{line} ({Shorten(first.Of.GetType().Name, LongestTypeName)})";
    }

    private static Exception? CauseOf(Exception exception) =>
        exception is ReflectionTypeLoadException { LoaderExceptions: [{ } first, ..] } ? first : exception.InnerException;

    private static string Details(Exception exception) =>
        Shorten(Read(exception.ToString) ?? $"{exception.GetType()}: {Describe(exception)}", LongestDetails);

    /// <summary>A text of an exception, or null where it cannot be read.</summary>
    private static string? Read(Func<string?> text)
    {
        try
        {
            return text();
        }
        catch (Exception)
        {
            return null;
        }
    }

    private static string Shorten(string text, int length) =>
        text.Length <= length ? text : $"{text.AsSpan(0, char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)}…";
}
