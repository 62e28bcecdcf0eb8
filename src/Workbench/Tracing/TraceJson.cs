using System.Text.Json;
using Tessera.Gguf.Files;

namespace Tessera.Workbench.Tracing;

/// <summary>
/// Reads <c>{"tokens": [...], "nodes": [{"name": "Qcur-0", "sum": ..., "l2": ..., "first": [...]}]}</c>. <c>tessera trace</c> adds <c>shape</c>
/// ([columns, rows]), <c>nan</c> and <c>inf</c> to a node, and <c>numerics</c> and <c>positions</c> to the whole; without <c>positions</c> it is a
/// trace of the last position, printed with six decimals.
/// </summary>
internal sealed class TraceJson(string source)
{
    private const double SixDecimals = 0.5e-6;

    public Trace Read(ReadOnlyMemory<byte> content)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(content);
            return Read(document.RootElement);
        }
        catch (JsonException e)
        {
            throw new InputFileException(source, $"line {e.LineNumber + 1}: it is no JSON: {e.Message}");
        }
        catch (InvalidOperationException e)
        {
            throw new InputFileException(source, $"it holds a string that is no text: {e.Message}");
        }
    }

    private Trace Read(JsonElement root)
    {
        if (!root.TryGetProperty("nodes", out JsonElement nodes) || nodes.ValueKind != JsonValueKind.Array)
        {
            throw new InputFileException(source, "it is no trace: it has no array 'nodes'.");
        }

        string? positions = root.TryGetProperty("positions", out JsonElement stated) ? StringOf(stated, "positions", "the trace") : null;
        return new Trace
        {
            Source = source,
            Numerics = root.TryGetProperty("numerics", out JsonElement numerics) ? StringOf(numerics, "numerics", "the trace") : null,
            Tokens = root.TryGetProperty("tokens", out JsonElement tokens)
                ? ArrayOf<int>(tokens, "tokens", "the trace", token => token.TryGetInt32(out int id) ? id : null)
                : null,
            Positions = positions is null or "last" ? TracePositions.Last
                : positions == "all" ? TracePositions.All
                : throw new InputFileException(source, $"'positions' is '{positions}', neither 'last' nor 'all'."),
            Resolution = positions is null ? SixDecimals : 0,
            Nodes = [.. nodes.EnumerateArray().Select((node, index) => ReadNode(node, $"node {index + 1}"))],
        };
    }

    private TraceNode ReadNode(JsonElement node, string place)
    {
        if (node.ValueKind != JsonValueKind.Object || !node.TryGetProperty("name", out JsonElement name))
        {
            throw new InputFileException(source, $"{place}: it has no name.");
        }

        string text = StringOf(name, "name", place);
        place = $"{place} ('{text}')";
        int[] shape = node.TryGetProperty("shape", out JsonElement dimensions)
            ? ArrayOf<int>(dimensions, "shape", place, d => d.TryGetInt32(out int length) && length >= 0 ? length : null)
            : [0, 0];
        float[] values = node.TryGetProperty("first", out JsonElement first) ? ArrayOf<float>(first, "first", place, value => (float?)NumberOf(value)) : [];
        if (shape.Length != 2 || (shape[0] > 0 && values.Length > (long)shape[0] * shape[1]))
        {
            throw new InputFileException(source, $"{place}: 'shape' is not [columns, rows] of at least the {values.Length} values in 'first'.");
        }

        return new TraceNode
        {
            Name = text,
            Columns = shape[0],
            Rows = shape[1],
            Sum = Number(node, "sum", place),
            L2 = Number(node, "l2", place),
            NaNs = (long)(Number(node, "nan", place) ?? 0),
            Infinities = (long)(Number(node, "inf", place) ?? 0),
            Values = values,
        };
    }

    private double? Number(JsonElement node, string key, string place) =>
        !node.TryGetProperty(key, out JsonElement value) || value.ValueKind == JsonValueKind.Null
            ? null
            : NumberOf(value) ?? throw Wrong(key, place, "a number");

    // JSON has no other way to write what is not finite.
    private static double? NumberOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.String => value.GetString() switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            _ => null,
        },
        _ => null,
    };

    private string StringOf(JsonElement value, string key, string place) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong(key, place, "a string");

    private T[] ArrayOf<T>(JsonElement array, string key, string place, Func<JsonElement, T?> read)
        where T : struct =>
        array.ValueKind == JsonValueKind.Array
            ? [.. array.EnumerateArray().Select(
                item => (item.ValueKind is JsonValueKind.Number or JsonValueKind.String ? read(item) : null) ?? throw Wrong(key, place, "an array of numbers"))]
            : throw Wrong(key, place, "an array of numbers");

    private InputFileException Wrong(string key, string place, string expected) => new(source, $"{place}: '{key}' is not {expected}.");
}
