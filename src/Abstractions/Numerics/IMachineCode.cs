namespace Tessera.Numerics;

/// <summary>
/// Runs code that a kernel assembles itself, for instructions that the runtime has no intrinsics for. Memory is writable or executable, never both.
/// The code must be a leaf function in the platform's calling convention: it calls nothing and throws nothing.
/// </summary>
public interface IMachineCode
{
    /// <summary>What the code may use besides what the runtime reports.</summary>
    MachineCodeFeatures Features { get; }

    /// <summary>
    /// Whether arguments come as on Windows (rcx, rdx, r8, r9; xmm6 to xmm15 belong to the caller) or as System V says (rdi, rsi, rdx, rcx, r8, r9).
    /// </summary>
    bool UsesWindowsConvention { get; }

    /// <summary>Copies code into memory of its own and makes that executable.</summary>
    /// <param name="code">Position-independent machine code; the entry is its first byte.</param>
    /// <returns>The sealed code, or null where the system refuses executable memory: use other kernels then.</returns>
    ISealedCode? Seal(ReadOnlySpan<byte> code);
}
