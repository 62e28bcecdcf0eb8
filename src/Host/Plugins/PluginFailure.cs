using System.Reflection;

namespace Tessera.Plugins;

/// <summary>Says in words what went wrong in a plugin.</summary>
internal static class PluginFailure
{
    /// <summary>Whether an exception says nothing yet to the person who runs a model.</summary>
    public static bool IsUnexplained(Exception exception) => exception is not (TesseraException or OperationCanceledException);

    /// <summary>The error of a plugin's code.</summary>
    /// <param name="plugin">The plugin.</param>
    /// <param name="task">What it fails to do: <c>to bind the tensor 'output.weight'</c>.</param>
    /// <param name="cause">What it threw.</param>
    public static TesseraException Of(PluginInfo plugin, string task, Exception cause) =>
        new($"The plugin {plugin.Name} ('{plugin.File}') fails {task}: {Describe(cause)}", cause);

    /// <summary>The message of the first cause: what the reflection and composition layers wrapped says nothing to a user. One line.</summary>
    public static string Describe(Exception exception)
    {
        while (true)
        {
            Exception? cause = exception is ReflectionTypeLoadException { LoaderExceptions: [{ } first, ..] }
                ? first
                : exception.InnerException;
            if (cause is null)
            {
                string[] words = exception.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
                return $"{string.Join(' ', words)} ({exception.GetType().Name})";
            }

            exception = cause;
        }
    }
}
