using System.IO.Enumeration;

namespace Tessera.Workbench.Tracing;

/// <summary>The nodes of one forward pass: of a model here (<see cref="ModelTracer"/>) or of a file (<see cref="TraceFile"/>).</summary>
public sealed record Trace
{
    /// <summary>Where it comes from, for messages: a model or a file.</summary>
    public required string Source { get; init; }

    /// <summary>The numerics that the model ran with (<c>exact</c>, <c>fast</c>), or null where a file does not tell.</summary>
    public string? Numerics { get; init; }

    /// <summary>The token ids that went in, or null where a file does not tell.</summary>
    public IReadOnlyList<int>? Tokens { get; init; }

    /// <summary>Which tokens its nodes tell about.</summary>
    public required TracePositions Positions { get; init; }

    /// <summary>The most that a printed value may differ from the value: half of its last digit. 0 where values are exact.</summary>
    public double Resolution { get; init; }

    /// <summary>The nodes in the order in which they were computed.</summary>
    public required IReadOnlyList<TraceNode> Nodes { get; init; }

    /// <summary>The name of a node that the file ends within, which is left out; or null.</summary>
    public string? Incomplete { get; init; }

    /// <summary>The nodes whose names match a pattern with <c>*</c> and <c>?</c>.</summary>
    public Trace Where(string? pattern) => pattern is null ? this : this with { Nodes = [.. Nodes.Where(node => Matches(pattern, node.Name))] };

    /// <summary>What it tells about the last token alone.</summary>
    public Trace OfLastPosition() => Positions == TracePositions.Last
        ? this
        : this with { Positions = TracePositions.Last, Nodes = [.. Nodes.Select(node => node.OfLastRow())] };

    internal static bool Matches(string? pattern, string name) => pattern is null || FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);
}
