namespace Tessera.Cli.Json;

/// <summary>What <c>quantize --json</c> writes; <see cref="Output"/> and <see cref="Seconds"/> are null in a dry run.</summary>
internal sealed record QuantizeResult(
    string Model, string? Output, string Type, long SourceBytes, long Bytes, double BitsPerWeight,
    int Fallbacks, double? Seconds, IReadOnlyList<QuantizedTensorEntry> Tensors);
