using Tessera.Plugins;

namespace Tessera.Verification;

/// <summary>Something that a check found.</summary>
/// <param name="IsFault">Whether the model cannot be trusted because of it; otherwise it is unusual and may be meant.</param>
/// <param name="Text">What and where, a full sentence.</param>
public sealed record Finding(bool IsFault, string Text)
{
    internal static Finding Fault(string text) => new(true, text);

    /// <summary>That a plugin is missing is no fault of the file, and is told where plugins are looked at.</summary>
    internal static Finding Of(TesseraException problem) => problem is MissingPluginException or PluginConflictException
        ? Remark($"Not checked: {problem.Message}")
        : Fault(problem.Message);

    internal static Finding Remark(string text) => new(false, text);
}
