namespace Tessera.Runtime.Threads;

/// <summary>
/// The work was cancelled. It passes through plugins' code: a plugin that is in between must not be told to have failed, nor can a plugin's own cancellation be
/// taken for this one.
/// </summary>
internal sealed class WorkCancelledException() : TesseraException("The work was cancelled.");
