namespace Tessera.Workbench.Tokens;

/// <summary>Two neighbouring pieces.</summary>
/// <param name="Left">UTF-8.</param>
/// <param name="Right">UTF-8.</param>
/// <param name="Order">The rank or score of their merge here; null where there is none.</param>
public sealed record MergePair(ReadOnlyMemory<byte> Left, ReadOnlyMemory<byte> Right, double? Order);
