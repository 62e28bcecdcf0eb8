namespace Tessera.Plugins;

/// <summary>A folder or package that cannot be used as a plugin. The message names it and what is wrong with it.</summary>
public sealed class PluginPackageException : TesseraException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">A full sentence.</param>
    /// <param name="innerException">What caused it, if anything.</param>
    public PluginPackageException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
