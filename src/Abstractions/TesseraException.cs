namespace Tessera;

/// <summary>
/// An error whose message is meant for the person who runs the model: it names the file, tensor, key or plugin
/// and what to do. Everything the engine throws on purpose for bad input or a missing plugin derives from it.
/// </summary>
public class TesseraException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">A full sentence that names the place.</param>
    /// <param name="innerException">What caused it, if anything.</param>
    public TesseraException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
