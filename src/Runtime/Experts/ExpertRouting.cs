using Tessera.Architectures;

namespace Tessera.Runtime.Experts;

/// <summary>
/// Which experts tokens go to. A token's experts have ranks, the likeliest first; products are computed expert by expert, their rows in that order, within an
/// expert in the tokens' order.
/// </summary>
internal sealed class ExpertRouting : Routing
{
    private readonly int[] _experts;
    private readonly float[] _weights;
    private readonly int[] _rows;
    private readonly int[] _tokens;
    private readonly int[] _firstRows;

    /// <param name="experts">Experts of the layer.</param>
    /// <param name="capacity">Tokens times experts of each.</param>
    public ExpertRouting(int experts, int capacity)
    {
        _experts = new int[capacity];
        _weights = new float[capacity];
        _rows = new int[capacity];
        _tokens = new int[capacity];
        _firstRows = new int[experts + 1];
    }

    /// <summary>Experts of the layer.</summary>
    public int Experts => _firstRows.Length - 1;

    /// <summary>Rows that products have.</summary>
    public int Rows => Tokens * Chosen;

    /// <summary>The token of each row.</summary>
    public ReadOnlySpan<int> TokensOfRows => _tokens.AsSpan(0, Rows);

    /// <summary>The experts of a token, by rank.</summary>
    public Span<int> ExpertsOf(int token) => _experts.AsSpan(token * Chosen, Chosen);

    /// <summary>How much each of a token's experts counts, by rank.</summary>
    public Span<float> WeightsOf(int token) => _weights.AsSpan(token * Chosen, Chosen);

    /// <summary>The rows of a token, by rank.</summary>
    public ReadOnlySpan<int> RowsOf(int token) => _rows.AsSpan(token * Chosen, Chosen);

    /// <summary>The first row of an expert; that of the number of experts is the number of rows.</summary>
    public int FirstRowOf(int expert) => _firstRows[expert];

    /// <summary>Places the rows, once all experts are chosen.</summary>
    public void Arrange()
    {
        Array.Clear(_firstRows);
        for (int i = 0; i < Rows; i++)
        {
            _firstRows[_experts[i] + 1]++;
        }

        for (int expert = 0; expert < Experts; expert++)
        {
            _firstRows[expert + 1] += _firstRows[expert];
        }

        Span<int> next = Experts <= 1024 ? stackalloc int[Experts] : new int[Experts];
        _firstRows.AsSpan(0, Experts).CopyTo(next);
        for (int i = 0; i < Rows; i++)
        {
            int row = next[_experts[i]]++;
            (_rows[i], _tokens[row]) = (row, i / Chosen);
        }
    }
}
