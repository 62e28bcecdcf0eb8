namespace Tessera.Workbench.Tracing;

/// <summary>What a trace keeps.</summary>
public sealed record TraceOptions
{
    /// <summary>Which tokens it tells about.</summary>
    public TracePositions Positions { get; init; } = TracePositions.Last;

    /// <summary>How many of a node's first values it keeps; sums and norms are of all.</summary>
    public int Values { get; init; } = int.MaxValue;

    /// <summary>Names of nodes with <c>*</c> and <c>?</c>, such as <c>Qcur-*</c>; null for all.</summary>
    public string? Nodes { get; init; }
}
