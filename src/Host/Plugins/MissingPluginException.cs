namespace Tessera.Plugins;

/// <summary>No plugin serves something that a model needs. The message names the model, what is missing and where plugins were sought.</summary>
public sealed class MissingPluginException : TesseraException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">A full sentence.</param>
    public MissingPluginException(string message)
        : base(message)
    {
    }
}
