using System.Globalization;
using System.Text.RegularExpressions;
using Tessera.Gguf.Files;

namespace Tessera.Workbench.Tracing;

/// <summary>
/// Reads what llama.cpp's <c>llama-eval-callback</c> prints: for each node a line with its name, type, operator, sources and shape, then its values
/// in nested brackets, of each dimension the first and last three, and their sum. Everything between nodes is other logging.
/// <code>
/// common_debug_cb_eval:   Qcur-0 = (f32)   ROPE(Qcur-0{32, 8, 5, 1}, leaf_5{5, 1, 1, 1}}) = {32, 8, 5, 1}
///     [
///         [
///             [     -0.0377,       0.0222,      -0.0077,    ...,       0.0000,       0.0000,       0.0000  ],
///             ...,
///         ],
///     ]
///     sum = 1.517571
/// </code>
/// </summary>
internal sealed partial class EvalCallbackText(string source, string text)
{
    private const double FourDecimals = 0.5e-4;

    // A shape as large as this is damage: no place in it would fit a number.
    private const long MaxValues = 1L << 40;

    private readonly string[] _lines = text.Split('\n');
    private int _line;
    private bool _ended;

    public Trace Read()
    {
        var nodes = new List<TraceNode>();
        int[]? tokens = null;
        string? incomplete = null;
        while (_line < _lines.Length)
        {
            string line = _lines[_line++];
            if (Header().Match(line) is { Success: true } header)
            {
                try
                {
                    if (ReadNode(header) is { } node)
                    {
                        nodes.Add(node);
                    }
                }
                catch (InputFileException) when (_ended && nodes.Count > 0)
                {
                    // llama.cpp often exits before its log is written to the end.
                    incomplete = header.Groups["name"].Value;
                    break;
                }
            }
            else if (TokenCount().Match(line) is { Success: true } count)
            {
                tokens = ReadTokens(count.Groups["count"].Value);
            }
        }

        return nodes.Count > 0
            ? new Trace { Source = source, Tokens = tokens, Positions = TracePositions.All, Resolution = FourDecimals, Nodes = nodes, Incomplete = incomplete }
            : throw new InputFileException(source,
                $"it is no trace: neither JSON nor the text of llama-eval-callback, which has lines like 'Qcur-0 = (f32) MUL_MAT(...) = {{256, 5, 1, 1}}'.");
    }

    /// <returns>The node, or null for views of others and for values that are not printed.</returns>
    private TraceNode? ReadNode(Match header)
    {
        int headerLine = _line;
        string name = header.Groups["name"].Value;
        long[] shape = [.. header.Groups["shape"].Value.Split(',')
            .Select(d => long.TryParse(d, NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out long length) && length <= MaxValues ? length : 0)];
        if (shape.Length != 4 || shape.Aggregate((UInt128)1, (product, length) => product * (UInt128)length) is var count && (count == 0 || count > MaxValues))
        {
            throw Error(headerLine, name, "the shape is not four lengths above 0");
        }

        // Quantized values are not printed.
        if (header.Groups["type"].Value is not ("f32" or "f16" or "bf16") && (_line == _lines.Length || _lines[_line].Trim() != "["))
        {
            return null;
        }

        var block = new EvalCallbackBlock(shape);
        double sum = 0;
        for (long i = 0; i < shape[3]; i++)
        {
            sum = ReadBlock(block, name);
        }

        // "Qcur-0 (view)" and "Qcur-0 (view) (permuted)" are other readings of a node that is listed itself; "node_21" has no name.
        return name.EndsWith(')') || name.StartsWith("node_", StringComparison.Ordinal)
            || shape[1] * shape[2] * shape[3] > int.MaxValue || shape[0] > int.MaxValue
            ? null
            : ToNode(name == "embd" ? "inp_embd" : name, shape, block, sum);
    }

    private static TraceNode ToNode(string name, long[] shape, EvalCallbackBlock block, double sum)
    {
        // [columns] or [head, heads, tokens]: the last dimension that is not 1 counts tokens, and a row-major place is the same in both.
        (long columns, long rows) = shape[2] * shape[3] == 1 ? (shape[0], shape[1]) : (shape[0] * shape[1], shape[2] * shape[3]);
        float[] values = [.. block.Values];
        bool whole = values.Length == columns * rows;
        return new TraceNode
        {
            Name = name,
            Columns = (int)columns,
            Rows = (int)rows,
            Sum = sum,
            L2 = whole ? Math.Sqrt(values.Sum(v => (double)v * v)) : null,
            NaNs = values.Count(float.IsNaN),
            Infinities = values.Count(float.IsInfinity),
            Values = values,
            Places = whole ? null : [.. block.Places],
        };
    }

    /// <summary>Reads the brackets of one index of the last dimension.</summary>
    /// <returns>The sum of the whole node, which stands after each.</returns>
    private double ReadBlock(EvalCallbackBlock block, string name)
    {
        int depth = 0;
        do
        {
            string line = Next(name).Trim();
            string? problem = line switch
            {
                "[" => block.Open(++depth),
                "]" or "]," => block.Close(depth--),
                "...," => block.Skip(depth),
                ['[', .., ']', ','] => depth == 2 ? block.AddRow(line[1..^2]) : "a row of values is not within two brackets",
                _ => $"'{Shorten(line)}' is neither a bracket nor a row of values",
            };
            if (problem is not null)
            {
                throw Error(_line, name, problem);
            }
        }
        while (depth > 0);

        string last = Next(name).Trim();
        return last.StartsWith("sum = ", StringComparison.Ordinal) && EvalCallbackBlock.TryParse(last.AsSpan(6), out float sum)
            ? double.TryParse(last.AsSpan(6), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : sum
            : throw Error(_line, name, $"'sum = ...' is expected, not '{Shorten(last)}'");
    }

    // One id a line, each perhaps behind the log's time and level.
    private int[]? ReadTokens(string count)
    {
        if (!int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int n) || n > _lines.Length - _line)
        {
            return null;
        }

        string[] ids = [.. _lines.Skip(_line).Take(n).Select(line => line.Trim().Split(' ')[^1])];
        int[] tokens = [.. ids.Select(id => int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out int token) ? token : -1)];
        return tokens.Contains(-1) ? null : tokens;
    }

    // What stands behind the last line feed was cut off.
    private string Next(string name)
    {
        _ended = _line >= _lines.Length - 1;
        return _ended ? throw Error(_lines.Length, name, "the file ends within its values") : _lines[_line++];
    }

    private InputFileException Error(int line, string name, string problem) => new(source, $"line {line}: node '{name}': {problem}.");

    private static string Shorten(string line) => line.Length <= 60 ? line : $"{line[..60]}...";

    [GeneratedRegex(@"^[^=]*:\s+(?<name>\S[^=]*?) = \((?<type>\w+)\)\s+\S.*\) = \{(?<shape>[\d, ]+)\}\s*$")]
    private static partial Regex Header();

    [GeneratedRegex(@"number of input tokens = (?<count>\d+)\s*$")]
    private static partial Regex TokenCount();
}
