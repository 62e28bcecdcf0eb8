using Tessera.Numerics;

namespace Tessera.Quantization;

/// <summary>What the host tells a format when it binds a matrix.</summary>
/// <param name="Simd">The best instruction set that the format may use. The choice is made once, here, never inside a loop.</param>
/// <param name="Repack">Whether the format may copy the weights into the layout that its kernels read fastest. Without it the file's bytes serve.</param>
/// <param name="MachineCode">Runs kernels that the format assembles itself, or null where that is not possible or not wanted.</param>
public sealed record KernelOptions(SimdLevel Simd, bool Repack = true, IMachineCode? MachineCode = null);
