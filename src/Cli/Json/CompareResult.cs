using System.Text.Json.Serialization;

namespace Tessera.Cli.Json;

/// <summary>What <c>compare --json</c> writes.</summary>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
internal sealed record CompareResult
{
    public required string Reference { get; init; }

    public required string Other { get; init; }

    public required double Tolerance { get; init; }

    /// <summary>The first node beyond the tolerance, or null.</summary>
    public required string? FirstBeyond { get; init; }

    /// <summary>The node at which the error grows most, or null.</summary>
    public required string? LargestStep { get; init; }

    public required IReadOnlyList<CompareEntry> Nodes { get; init; }

    public required IReadOnlyList<string> OnlyInReference { get; init; }

    public required IReadOnlyList<string> OnlyInOther { get; init; }
}
