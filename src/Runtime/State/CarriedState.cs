using Tessera.Architectures;

namespace Tessera.Runtime.State;

/// <summary>A declared recurrence.</summary>
/// <param name="offset">Floats before it in a sequence's memory.</param>
internal sealed class CarriedState(long offset) : RecurrentState
{
    public long Offset { get; } = offset;

    public long Length => (long)Rows * Columns;
}
