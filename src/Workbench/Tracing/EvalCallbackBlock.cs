using System.Globalization;

namespace Tessera.Workbench.Tracing;

/// <summary>
/// The values of a node as <see cref="EvalCallbackText"/> reads them, with their places. An ellipsis goes on three before a dimension's end. Every
/// method returns what is wrong with the text, or null.
/// </summary>
internal sealed class EvalCallbackBlock(long[] shape)
{
    private const int Shown = 3;

    // i1 and i2: the next row and the next matrix; i3 counts blocks.
    private long _row;
    private long _matrix;
    private long _block;

    public List<float> Values { get; } = [];

    public List<long> Places { get; } = [];

    public string? Open(int depth)
    {
        _row = depth == 2 ? 0 : _row;
        _matrix = depth == 1 ? 0 : _matrix;
        return depth > 2 ? "there are more brackets than dimensions" : null;
    }

    public string? Close(int depth)
    {
        if (depth == 2)
        {
            _matrix++;
            return _row == shape[1] ? null : $"it has {_row} rows, its shape {shape[1]}";
        }

        _block++;
        return _matrix == shape[2] ? null : $"it has {_matrix} matrices, its shape {shape[2]}";
    }

    public string? Skip(int depth) => depth switch
    {
        2 => Skip(ref _row, shape[1]),
        1 => Skip(ref _matrix, shape[2]),
        _ => "an ellipsis is out of place",
    };

    public string? AddRow(string row)
    {
        if (_row >= shape[1] || _matrix >= shape[2])
        {
            return $"it has more values than its shape {string.Join(" x ", shape)}";
        }

        long start = shape[0] * (_row + (shape[1] * (_matrix + (shape[2] * _block))));
        long column = 0;
        foreach (string part in row.Split(',', StringSplitOptions.TrimEntries))
        {
            if (part == "...")
            {
                if (Skip(ref column, shape[0]) is { } problem)
                {
                    return problem;
                }
            }
            else if (TryParse(part, out float value))
            {
                Values.Add(value);
                Places.Add(start + column++);
            }
            else
            {
                return $"'{part}' is no number";
            }
        }

        _row++;
        return column == shape[0] ? null : $"a row has {column} values, its shape {shape[0]}";
    }

    /// <summary>Reads a number as C prints it.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out float value)
    {
        if (float.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value))
        {
            return true;
        }

        value = text.Trim() switch
        {
            "inf" => float.PositiveInfinity,
            "-inf" => float.NegativeInfinity,
            _ => float.NaN,
        };
        return text.Trim() is "nan" or "-nan" or "inf" or "-inf";
    }

    private static string? Skip(ref long index, long length)
    {
        if (index != Shown || length <= 2 * Shown)
        {
            return "an ellipsis is out of place";
        }

        index = length - Shown;
        return null;
    }
}
