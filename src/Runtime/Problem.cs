using System.Runtime.CompilerServices;

namespace Tessera.Runtime;

/// <summary>What is wrong, put into words only where a condition does not hold.</summary>
[InterpolatedStringHandler]
internal ref struct Problem
{
    private DefaultInterpolatedStringHandler _words;

    public Problem(int literalLength, int formattedCount, bool holds, out bool isWanted)
    {
        isWanted = !holds;
        _words = isWanted ? new DefaultInterpolatedStringHandler(literalLength, formattedCount) : default;
    }

    public void AppendLiteral(string value) => _words.AppendLiteral(value);

    public void AppendFormatted<T>(T value) => _words.AppendFormatted(value);

    public string Words() => _words.ToStringAndClear();
}
