namespace Tessera.Runtime;

/// <summary>A model's equations whose operators get arguments that do not fit each other, the batch or what the model has declared.</summary>
internal sealed class UnfitEquationsException(string message) : TesseraException(message);
