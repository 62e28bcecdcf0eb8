namespace Tessera.Workbench.Tracing;

/// <summary>Two traces of the same tokens, node by node in the order of the reference.</summary>
public sealed class TraceComparison
{
    private const int FirstValues = 6;

    private TraceComparison(IReadOnlyList<NodeComparison> nodes, double tolerance, IReadOnlyList<string> onlyInReference, IReadOnlyList<string> onlyInOther)
    {
        Nodes = nodes;
        Tolerance = tolerance;
        OnlyInReference = onlyInReference;
        OnlyInOther = onlyInOther;
    }

    /// <summary>What both traces have.</summary>
    public IReadOnlyList<NodeComparison> Nodes { get; }

    /// <summary>The largest relative error that is none.</summary>
    public double Tolerance { get; }

    /// <summary>Names that the other trace does not have.</summary>
    public IReadOnlyList<string> OnlyInReference { get; }

    /// <summary>Names that the reference does not have.</summary>
    public IReadOnlyList<string> OnlyInOther { get; }

    /// <summary>The first node beyond the tolerance, or null: where to look.</summary>
    public NodeComparison? FirstBeyond => Nodes.FirstOrDefault(IsBeyond);

    /// <summary>
    /// The node at which the error grows most over the largest before it, with the factor; null where nothing differs. Where two models differ
    /// everywhere, as two quantizations do, a fault shows as a step.
    /// </summary>
    public (NodeComparison Node, double Factor)? LargestStep
    {
        get
        {
            (NodeComparison, double)? largest = null;
            double before = 0;
            foreach (NodeComparison node in Nodes)
            {
                double factor = before == 0 ? 0 : node.Error / before;
                if (factor > 1 && factor > (largest?.Item2 ?? 0))
                {
                    largest = (node, factor);
                }

                before = Math.Max(before, node.Error);
            }

            return largest;
        }
    }

    /// <summary>Compares two traces. If one tells about the last position only, so does the comparison.</summary>
    /// <param name="reference">What is right.</param>
    /// <param name="other">What may be wrong.</param>
    /// <param name="tolerance">The largest relative error that is none.</param>
    /// <exception cref="TesseraException">The traces are of different tokens, or have no node in common, or one of different shape.</exception>
    public static TraceComparison Of(Trace reference, Trace other, double tolerance)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(other);
        ArgumentOutOfRangeException.ThrowIfNegative(tolerance);
        if (reference.Tokens is not null && other.Tokens is not null && !reference.Tokens.SequenceEqual(other.Tokens))
        {
            throw new TesseraException(
                $"The traces are of different tokens: {reference.Source} of {Abbreviate(reference.Tokens)}, {other.Source} of {Abbreviate(other.Tokens)}.");
        }

        if (reference.Positions != other.Positions)
        {
            (reference, other) = (reference.OfLastPosition(), other.OfLastPosition());
        }

        double resolution = reference.Resolution + other.Resolution;
        ILookup<string, TraceNode> others = other.Nodes.ToLookup(node => node.Name);
        Dictionary<string, int> counts = reference.Nodes.CountBy(node => node.Name).ToDictionary();
        var left = new Dictionary<string, int>(counts);
        var nodes = new List<NodeComparison>();
        foreach (TraceNode node in reference.Nodes)
        {
            // The reference may list a node once more than we do, after each step that leaves its values alone: they are counted from the last.
            TraceNode[] namesakes = [.. others[node.Name]];
            int fromLast = left[node.Name]--;
            if (fromLast <= namesakes.Length)
            {
                int number = Math.Min(namesakes.Length, counts[node.Name]);
                string name = number == 1 ? node.Name : $"{node.Name} ({number - fromLast + 1} of {number})";
                nodes.Add(Compare(name, node, namesakes[^fromLast], resolution));
            }
        }

        return nodes.Count > 0
            ? new TraceComparison(nodes, tolerance, Missing(reference, other), Missing(other, reference))
            : throw new TesseraException($"{reference.Source} and {other.Source} have no node in common.");
    }

    /// <summary>Whether a node's error is beyond the tolerance.</summary>
    public bool IsBeyond(NodeComparison node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return node.Error > Tolerance;
    }

    private static NodeComparison Compare(string name, TraceNode x, TraceNode y, double resolution)
    {
        if (x.Count > 0 && y.Count > 0 && (x.Rows, x.Columns) != (y.Rows, y.Columns))
        {
            throw new TesseraException($"{name} has different shapes: {x.Columns} x {x.Rows} and {y.Columns} x {y.Rows}. The models or the prompts differ.");
        }

        int compared = 0;
        var first = new List<(float, float)>();
        (double squares, double product, double xx, double yy) = (0, 0, 0, 0);
        foreach ((int i, int j) in Common(x, y))
        {
            (double a, double b) = (x.Values[i], y.Values[j]);
            double difference = Distance(a, b, resolution);
            (squares, product, xx, yy) = (squares + (difference * difference), product + (a * b), xx + (a * a), yy + (b * b));
            if (compared++ < FirstValues)
            {
                first.Add((x.Values[i], y.Values[j]));
            }
        }

        long count = x.Count > 0 ? x.Count : y.Count;
        double? norm = x.L2 ?? y.L2;
        double meanSquare = norm is double l2 && count > 0 ? l2 * l2 / count : compared > 0 ? xx / compared : 0;
        return new NodeComparison
        {
            Reference = x,
            Other = y,
            Name = name,
            Compared = compared,
            First = first,
            Nmse = compared == 0 ? null : Ratio(squares / compared, meanSquare),
            Cosine = xx > 0 && yy > 0 ? Math.Clamp(product / Math.Sqrt(xx * yy), -1, 1) : null,
            L2Error = x.L2 is double lx && y.L2 is double ly ? Ratio(Distance(lx, ly, resolution), lx) : null,
            SumError = x.Sum is double sx && y.Sum is double sy && norm is double n && count > 0
                ? Ratio(Distance(sx, sy, resolution), n * Math.Sqrt(count))
                : null,
        };
    }

    /// <summary>
    /// The least that two values differ by if each is known within its part of the resolution. Two that are not finite in the same way do not differ.
    /// </summary>
    private static double Distance(double a, double b, double resolution) =>
        a.Equals(b) ? 0 : Math.Abs(a - b) is var distance && double.IsFinite(distance) ? Math.Max(0, distance - resolution) : double.PositiveInfinity;

    private static double Ratio(double error, double size) => error == 0 ? 0 : error / size;

    /// <summary>The indices of values whose places both know.</summary>
    private static IEnumerable<(int X, int Y)> Common(TraceNode x, TraceNode y)
    {
        for (int i = 0, j = 0; i < x.Values.Length && j < y.Values.Length;)
        {
            long difference = x.PlaceOf(i) - y.PlaceOf(j);
            if (difference == 0)
            {
                yield return (i, j);
            }

            i += difference <= 0 ? 1 : 0;
            j += difference >= 0 ? 1 : 0;
        }
    }

    // "Qcur-0 (view)" is another reading of Qcur-0.
    private static string[] Missing(Trace from, Trace other) =>
        [.. from.Nodes.Select(node => node.Name).Where(name => !name.EndsWith(')')).Except(other.Nodes.Select(node => node.Name))];

    private static string Abbreviate(IReadOnlyList<int> tokens) =>
        tokens.Count <= 12 ? string.Join(',', tokens) : $"{string.Join(',', tokens.Take(12))},... ({tokens.Count} tokens)";
}
