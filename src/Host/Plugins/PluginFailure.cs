using System.Reflection;

namespace Tessera.Plugins;

/// <summary>Says in words what went wrong in a plugin.</summary>
internal static class PluginFailure
{
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
