using System.Runtime.InteropServices;

namespace Tessera.Workbench.Evaluation;

/// <summary>
/// The log-probabilities of one position in a file of llama-perplexity's: a scale and a minimum as two 32-bit floats, then for each token of the
/// vocabulary 16 bits, <c>ln p = scale * q + minimum</c>; a vocabulary of odd length is padded by one. What is 16 below the likeliest token is 0.
/// </summary>
internal readonly ref struct LogProbabilityRow
{
    /// <summary>Below this distance from the largest logit nothing is told apart; e^-16 is a ten-millionth.</summary>
    public const float Range = 16;

    private const int HeaderLength = 2 * sizeof(float) / sizeof(ushort);

    private readonly ReadOnlySpan<ushort> _quants;
    private readonly float _scale;
    private readonly float _minimum;

    public LogProbabilityRow(ReadOnlySpan<ushort> row)
    {
        ReadOnlySpan<float> header = MemoryMarshal.Cast<ushort, float>(row[..HeaderLength]);
        (_scale, _minimum) = (header[0], header[1]);
        _quants = row[HeaderLength..];
    }

    /// <summary>A token's log-probability.</summary>
    public float this[int id] => (_scale * _quants[id]) + _minimum;

    /// <summary>16-bit words that a row takes.</summary>
    public static int LengthFor(int vocabulary) => (2 * ((vocabulary + 1) / 2)) + HeaderLength;

    public static void Write(ReadOnlySpan<float> logits, in TokenDistribution distribution, Span<ushort> row)
    {
        float smallest = Math.Max(distribution.Smallest, distribution.Largest - Range);
        float scale = (distribution.Largest - smallest) / ushort.MaxValue;
        Span<float> header = MemoryMarshal.Cast<ushort, float>(row[..HeaderLength]);
        (header[0], header[1]) = (scale, (float)(smallest - distribution.LogOfSum));
        row[HeaderLength..].Clear();
        for (int id = 0; id < logits.Length && scale > 0; id++)
        {
            row[HeaderLength + id] = (ushort)MathF.Round(Math.Max(0, logits[id] - smallest) / scale);
        }
    }
}
