using System.Reflection;

namespace Tessera.Plugins;

/// <summary>Says in words what went wrong in a plugin.</summary>
internal static class PluginFailure
{
    /// <summary>The message of the first cause: what the reflection and composition layers wrapped says nothing to a user.</summary>
    public static string Describe(Exception exception)
    {
        while (true)
        {
            Exception? cause = exception is ReflectionTypeLoadException { LoaderExceptions: [{ } first, ..] }
                ? first
                : exception.InnerException;
            if (cause is null)
            {
                return $"{exception.Message} ({exception.GetType().Name})";
            }

            exception = cause;
        }
    }
}
