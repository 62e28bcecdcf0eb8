using Tessera.Runtime.Memory;

namespace Tessera.Runtime.Operators;

/// <summary>Copies rows of a tensor.</summary>
internal static class RowGather
{
    /// <param name="x">Where they come from.</param>
    /// <param name="rows">Which.</param>
    /// <param name="y">Where they go, in their order.</param>
    public static void Run(ActivationRows x, ReadOnlySpan<int> rows, ActivationRows y)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            x.Row(rows[i]).CopyTo(y.Row(i));
        }
    }
}
