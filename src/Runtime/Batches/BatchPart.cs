using Tessera.Runtime.State;

namespace Tessera.Runtime.Batches;

/// <summary>Tokens of one sequence in a batch.</summary>
/// <param name="Sequence">Whose tokens.</param>
/// <param name="Ids">They follow what the sequence remembers already.</param>
/// <param name="Wanted">How many of the last ones somebody waits for; 0 for a piece of a prompt.</param>
public readonly record struct BatchPart(Sequence Sequence, ReadOnlyMemory<int> Ids, int Wanted);
