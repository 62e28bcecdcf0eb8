using System.Globalization;

namespace Tessera.Workbench.Tracing;

/// <summary>
/// What a trace tells about one node. A model's node has all of its values; files often hold a few of them and sums: what is unknown is null.
/// </summary>
public sealed record TraceNode
{
    /// <summary>The name with the layer's number: <c>Qcur-2</c>, <c>result_norm</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Tokens; 0 where a file does not tell.</summary>
    public int Rows { get; init; }

    /// <summary>Values per token; 0 where a file does not tell.</summary>
    public int Columns { get; init; }

    /// <summary>Sum of all values.</summary>
    public double? Sum { get; init; }

    /// <summary>Euclidean norm of all values.</summary>
    public double? L2 { get; init; }

    /// <summary>How many of all values are not a number.</summary>
    public long NaNs { get; init; }

    /// <summary>How many of all values are infinite.</summary>
    public long Infinities { get; init; }

    /// <summary>The values that are known, in ascending order of their places.</summary>
    public required float[] Values { get; init; }

    /// <summary>The place of each known value in [rows, columns]; null where they are the first ones.</summary>
    public long[]? Places { get; init; }

    /// <summary>All values, known or not; 0 where a file does not tell.</summary>
    public long Count => (long)Rows * Columns;

    /// <summary>The layer, or -1 for a node that belongs to none.</summary>
    public int Layer => Name.LastIndexOf('-') is > 0 and int dash
        && int.TryParse(Name.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int layer) ? layer : -1;

    /// <summary>The name without the layer's number.</summary>
    public string Kind => Layer < 0 ? Name : Name[..Name.LastIndexOf('-')];

    /// <summary>The place of a known value in [rows, columns].</summary>
    internal long PlaceOf(int index) => Places is null ? index : Places[index];

    /// <summary>Measures values.</summary>
    /// <param name="name">The name with the layer's number.</param>
    /// <param name="columns">Values per token.</param>
    /// <param name="values">[rows, columns].</param>
    /// <param name="kept">How many of the first values the node keeps.</param>
    internal static TraceNode Measure(string name, int columns, ReadOnlySpan<float> values, int kept)
    {
        double sum = 0;
        double squares = 0;
        long nans = 0;
        long infinities = 0;
        foreach (float value in values)
        {
            sum += value;
            squares += (double)value * value;
            nans += float.IsNaN(value) ? 1 : 0;
            infinities += float.IsInfinity(value) ? 1 : 0;
        }

        return new TraceNode
        {
            Name = name,
            Rows = columns == 0 ? 0 : values.Length / columns,
            Columns = columns,
            Sum = sum,
            L2 = Math.Sqrt(squares),
            NaNs = nans,
            Infinities = infinities,
            Values = values[..Math.Min(kept, values.Length)].ToArray(),
        };
    }

    /// <summary>The last token's part: its known values, and the sums where they are all known.</summary>
    internal TraceNode OfLastRow()
    {
        if (Rows <= 1)
        {
            return this;
        }

        long start = (long)(Rows - 1) * Columns;
        int[] last = [.. Enumerable.Range(0, Values.Length).Where(i => PlaceOf(i) >= start)];
        float[] values = Array.ConvertAll(last, i => Values[i]);
        return values.Length == Columns
            ? Measure(Name, Columns, values, values.Length)
            : new TraceNode { Name = Name, Rows = 1, Columns = Columns, Values = values, Places = Array.ConvertAll(last, i => PlaceOf(i) - start) };
    }
}
