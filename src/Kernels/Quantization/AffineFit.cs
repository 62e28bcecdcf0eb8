using System.Runtime.Intrinsics;

namespace Tessera.Kernels.Quantization;

/// <summary>What <see cref="AffineSearch"/> found for eight sub-blocks, a lane each: <c>x</c> is about <c>Scale * code - Minimum</c>.</summary>
public readonly struct AffineFit
{
    /// <summary>The step from code to code.</summary>
    public required Vector256<float> Scale { get; init; }

    /// <summary>How far the value of code 0 lies below zero.</summary>
    public required Vector256<float> Minimum { get; init; }

    /// <summary>
    /// What gives the codes that scale and minimum were fitted to: <c>code = round(Inverse * (x - Origin))</c>; 0 where all values are the same.
    /// </summary>
    public required Vector256<float> Inverse { get; init; }

    /// <summary>What these codes count from.</summary>
    public required Vector256<float> Origin { get; init; }

    /// <summary>The sum of the errors' weights.</summary>
    public required Vector256<float> TotalWeight { get; init; }
}
