using Tessera.Plugins;

namespace Tessera.Workbench.Verification;

/// <summary>Something that a check found.</summary>
/// <param name="IsFault">Whether the model cannot be trusted because of it; otherwise it is unusual and may be meant.</param>
/// <param name="Text">What and where, a full sentence.</param>
public sealed record Finding(bool IsFault, string Text)
{
    internal static Finding Fault(string text) => new(true, text);

    /// <summary>How a plugin failed where the file was looked at; null where the finding is about the file.</summary>
    internal string? PluginFailure { get; private init; }

    /// <summary>That a plugin is missing, or fails, is no fault of the file, and is told where plugins are looked at.</summary>
    internal static Finding Of(TesseraException problem) => problem switch
    {
        MissingPluginException or PluginConflictException => Remark($"Not checked: {problem.Message}"),
        { InnerException: PluginFault } => Remark($"Not checked: {problem.Message}") with { PluginFailure = problem.Message },
        _ => Fault(problem.Message),
    };

    internal static Finding Remark(string text) => new(false, text);
}
