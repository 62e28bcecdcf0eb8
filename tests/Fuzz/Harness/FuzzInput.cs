namespace Tessera.Fuzz.Harness;

/// <summary>A file for a target.</summary>
/// <param name="File">Its bytes.</param>
/// <param name="Changes">What was done to a good file to make it.</param>
internal sealed record FuzzInput(byte[] File, IReadOnlyList<string> Changes);
