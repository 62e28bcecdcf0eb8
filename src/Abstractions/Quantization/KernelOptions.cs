using Tessera.Numerics;

namespace Tessera.Quantization;

/// <summary>What the host tells a format when it binds a matrix.</summary>
/// <param name="Simd">The best instruction set that the format may use. The choice is made once, here, never inside a loop.</param>
public sealed record KernelOptions(SimdLevel Simd);
