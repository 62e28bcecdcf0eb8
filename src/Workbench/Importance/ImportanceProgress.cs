namespace Tessera.Workbench.Importance;

/// <summary>How far an importance matrix is.</summary>
/// <param name="Chunks">Stretches of text that are done.</param>
/// <param name="TotalChunks">All of them.</param>
public readonly record struct ImportanceProgress(int Chunks, int TotalChunks);
