using Tessera.Tokenization;

namespace Tessera.Workbench.Tokens;

/// <summary>Where and why two readings of a text part. What does not belong to the cause is empty.</summary>
public sealed record PartingExplanation
{
    /// <summary>Why they part.</summary>
    public required PartingCause Cause { get; init; }

    /// <summary>What orders merges: rank or score.</summary>
    public string MergeOrder { get; init; } = "";

    /// <summary>The piece of the reference's first other token, UTF-8 as it is merged.</summary>
    public ReadOnlyMemory<byte> Expected { get; init; }

    /// <summary>The piece of the token here, or the text in its place.</summary>
    public ReadOnlyMemory<byte> Actual { get; init; }

    /// <summary>The word in which they part, UTF-8 as it is merged.</summary>
    public ReadOnlyMemory<byte> Word { get; init; }

    /// <summary>The word's merges here, in their order.</summary>
    public IReadOnlyList<MergeStep> Merges { get; init; } = [];

    /// <summary>Index in <see cref="Merges"/> of the first one that the reference cannot have made, or -1.</summary>
    public int PartingMerge { get; init; } = -1;

    /// <summary>The bytes of the word that the two tokens and the parting merge touch.</summary>
    public Range Touched { get; init; }

    /// <summary>What the reference merges instead of the parting merge, or besides; null where its tokens do not tell.</summary>
    public MergePair? ReferenceMerge { get; init; }
}
