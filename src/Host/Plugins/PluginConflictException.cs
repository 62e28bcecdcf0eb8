namespace Tessera.Plugins;

/// <summary>Several plugins serve a key that is needed. The message names them with their folders.</summary>
public sealed class PluginConflictException : TesseraException
{
    /// <summary>Creates the error.</summary>
    /// <param name="conflict">Who they are, and how to choose one.</param>
    public PluginConflictException(PluginConflict conflict)
        : base((conflict ?? throw new ArgumentNullException(nameof(conflict))).Problem) => Conflict = conflict;

    /// <summary>Who they are, and how to choose one.</summary>
    public PluginConflict Conflict { get; }
}
