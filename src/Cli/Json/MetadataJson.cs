using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tessera.Gguf;

namespace Tessera.Cli.Json;

/// <summary>Metadata as JSON: scalars as they are, arrays whole.</summary>
internal static class MetadataJson
{
    private const int BriefLength = 100;

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonObject Of(IGgufMetadata metadata)
    {
        var result = new JsonObject();
        foreach (string key in metadata.Keys)
        {
            if (metadata.TryGetValue(key, out GgufValue? value))
            {
                result[key] = Of(value);
            }
        }

        return result;
    }

    /// <summary>What fits a table's cell.</summary>
    public static string Brief(JsonNode? value)
    {
        string text = value is JsonArray { Count: > 8 } array
            ? $"{array.Count} values: [{string.Join(", ", array.Take(8).Select(v => v?.ToJsonString(Readable)))}, ...]"
            : value?.ToJsonString(Readable) ?? "null";
        return text.Length <= BriefLength ? text : $"{text.AsSpan(0, BriefLength)}...";
    }

    private static JsonNode? Of(GgufValue value) => value.Type switch
    {
        GgufValueType.String => value.AsString(),
        GgufValueType.Bool => value.AsBoolean(),
        GgufValueType.Float32 or GgufValueType.Float64 => OfFloat(value.AsFloat(), value.Type),
        GgufValueType.UInt64 => BitConverter.ToUInt64(value.Payload.Span),
        GgufValueType.Array => OfArray(value),
        _ => value.AsInteger(),
    };

    private static JsonNode OfArray(GgufValue value) => value.ElementType switch
    {
        GgufValueType.String => new JsonArray([.. value.AsUtf8Strings().Select(s => (JsonNode)System.Text.Encoding.UTF8.GetString(s.Span))]),
        GgufValueType.Float32 or GgufValueType.Float64 => new JsonArray([.. value.AsFloats().Select(f => OfFloat(f, GgufValueType.Float32))]),
        GgufValueType.Array => JsonValue.Create($"array of {value.Count} arrays"),
        _ => new JsonArray([.. value.AsIntegers().Select(i => (JsonNode)i)]),
    };

    /// <summary>JSON has no infinities and no NaN.</summary>
    private static JsonValue? OfFloat(double number, GgufValueType type) =>
        !double.IsFinite(number) ? JsonValue.Create(number.ToString(System.Globalization.CultureInfo.InvariantCulture))
        : type == GgufValueType.Float32 ? JsonValue.Create((float)number)
        : JsonValue.Create(number);
}
