namespace Tessera.Workbench.Evaluation;

/// <summary>The mean of values that come one by one, and how far it may be off.</summary>
public struct RunningMean
{
    private double _sum;
    private double _squares;

    /// <summary>Values so far.</summary>
    public long Count { get; private set; }

    /// <summary>Their mean; 0 where there are none.</summary>
    public readonly double Mean => Count == 0 ? 0 : _sum / Count;

    /// <summary>The mean's standard error: the root of the values' variance over <see cref="Count"/> - 1; 0 for fewer than two values.</summary>
    public readonly double Error => Count < 2 ? 0 : Math.Sqrt(Math.Max(0, (_squares / Count) - (Mean * Mean)) / (Count - 1));

    /// <summary>Takes in a value.</summary>
    public void Add(double value)
    {
        _sum += value;
        _squares += value * value;
        Count++;
    }
}
