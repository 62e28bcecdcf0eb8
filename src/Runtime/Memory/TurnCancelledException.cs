namespace Tessera.Runtime.Memory;

/// <summary>
/// The turn in which the work was done was cancelled. It passes through plugins' code: a plugin that is in between must not be told to have failed, nor can a
/// plugin's own cancellation be taken for this one.
/// </summary>
internal sealed class TurnCancelledException() : TesseraException("The turn was cancelled.");
