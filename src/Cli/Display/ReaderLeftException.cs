namespace Tessera.Cli.Display;

/// <summary>Whoever read standard output has left, as <c>head</c> does: there is nobody to work for.</summary>
internal sealed class ReaderLeftException() : IOException("Nobody reads standard output any more.");
