using System.Text.Json.Nodes;

namespace Tessera.Cli.Json;

/// <summary>What <c>inspect --json</c> writes.</summary>
internal sealed record InspectResult
{
    public required IReadOnlyList<string> Files { get; init; }

    public required JsonObject Metadata { get; init; }

    /// <summary>
    /// Plugin by what it serves: <c>architecture llama</c>, <c>tokenizer llama</c>, <c>quantization format Q4_K</c>; null where it is missing.
    /// </summary>
    public required IReadOnlyDictionary<string, string?> Plugins { get; init; }

    public required IReadOnlyList<TensorEntry> Tensors { get; init; }
}
