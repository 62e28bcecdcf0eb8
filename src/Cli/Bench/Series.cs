using System.Globalization;

namespace Tessera.Cli.Bench;

/// <summary>What was measured several times.</summary>
internal sealed class Series
{
    private readonly List<double> _values = [];

    public IReadOnlyList<double> Values => _values;

    public double Mean => _values.Average();

    /// <summary>The standard deviation of a sample; 0 for one value.</summary>
    public double Deviation
    {
        get
        {
            double mean = Mean;
            return _values.Count < 2 ? 0 : Math.Sqrt(_values.Sum(value => (value - mean) * (value - mean)) / (_values.Count - 1));
        }
    }

    public void Add(double value) => _values.Add(value);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Mean:F2} ± {Deviation:F2}");
}
