using System.Runtime.Intrinsics;

namespace Tessera.Compute.Operations;

/// <summary>How a kernel reads the KV cache.</summary>
internal unsafe interface IKvElement
{
    static abstract int Bytes { get; }

    /// <summary>Eight values from an index on.</summary>
    static abstract Vector256<float> Load(byte* values, int index);

    static abstract float LoadScalar(byte* values, int index);
}
