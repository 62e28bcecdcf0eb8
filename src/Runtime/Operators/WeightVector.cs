using Tessera.Architectures;

namespace Tessera.Runtime.Operators;

/// <summary>The values of a vector of weights.</summary>
/// <param name="values">F32.</param>
internal sealed class WeightVector(float[] values) : Vector
{
    public float[] Values => values;
}
