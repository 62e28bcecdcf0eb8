namespace Tessera.Architectures;

/// <summary>
/// Activations of a batch: <see cref="Rows"/> tokens of <see cref="Columns"/> values each. It is a name for values that the forward pass keeps, wherever
/// those are, and belongs to the pass and the layer that made it: used anywhere else it is an error, and so is one whose values an operator has
/// taken over.
/// </summary>
/// <param name="slot">Where the pass finds it.</param>
/// <param name="stamp">What tells it from others that were there.</param>
/// <param name="rows">Tokens.</param>
/// <param name="columns">Values per token.</param>
public readonly struct Tensor(int slot, int stamp, int rows, int columns)
{
    /// <summary>Where the pass finds it.</summary>
    public int Slot { get; } = slot;

    /// <summary>What tells it from others that were there.</summary>
    public int Stamp { get; } = stamp;

    /// <summary>Tokens.</summary>
    public int Rows { get; } = rows;

    /// <summary>Values per token.</summary>
    public int Columns { get; } = columns;
}
