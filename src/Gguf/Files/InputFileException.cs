namespace Tessera.Gguf.Files;

/// <summary>A file, other than a model, that cannot be used. The message names it and the place.</summary>
public sealed class InputFileException : TesseraException
{
    /// <summary>Creates the error.</summary>
    /// <param name="path">The file.</param>
    /// <param name="problem">What is wrong with it, where; a clause that ends with a full stop.</param>
    public InputFileException(string path, string problem)
        : base($"{path}: {problem}")
    {
    }
}
