namespace Tessera.Cli;

/// <summary>An input file other than a model that cannot be used. The message names the file and the place.</summary>
internal sealed class InputFileException(string message) : TesseraException(message);
