namespace Tessera.Plugins;

/// <summary>Several plugins serve a key that is needed. The message names them with their folders and shows how to choose one.</summary>
public sealed class PluginConflictException : TesseraException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">Full sentences.</param>
    public PluginConflictException(string message)
        : base(message)
    {
    }
}
