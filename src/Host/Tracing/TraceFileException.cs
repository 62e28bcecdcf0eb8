namespace Tessera.Tracing;

/// <summary>A file that is no trace, or a damaged one. The message names the file and the line or node.</summary>
public sealed class TraceFileException(string message) : TesseraException(message);
