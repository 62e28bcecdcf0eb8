using System.Runtime.Intrinsics;

namespace Tessera.Kernels.Quantization;

/// <summary>What <see cref="SymmetricSearch"/> found for eight sub-blocks, a lane each: <c>x</c> is about <c>Scale * code</c>.</summary>
public readonly struct SymmetricFit
{
    /// <summary>The step from code to code; negative where the value farthest from zero is positive.</summary>
    public required Vector256<float> Scale { get; init; }

    /// <summary>What gives the codes that the scale was fitted to: <c>code = round(Inverse * x)</c>. 0 where all values are next to nothing.</summary>
    public required Vector256<float> Inverse { get; init; }
}
