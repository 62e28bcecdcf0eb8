using System.Text.Json.Serialization;

namespace Tessera.Cli.Json;

/// <summary>A node of <c>trace --json</c>; what is not finite is written "NaN" or "Infinity".</summary>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
internal sealed record TraceEntry
{
    public required string Name { get; init; }

    /// <summary>[values per token, tokens].</summary>
    public required IReadOnlyList<int> Shape { get; init; }

    public required double? Sum { get; init; }

    public required double? L2 { get; init; }

    public required long Nan { get; init; }

    public required long Inf { get; init; }

    public required IReadOnlyList<float> First { get; init; }
}
