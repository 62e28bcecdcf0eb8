using System.Runtime.InteropServices;
using Tessera.Numerics;

namespace Tessera.Compute.Operations;

/// <summary>
/// <see cref="PairProduct{TLanes, TVector, TRows}"/> of 8 rows with 32 columns, without what becomes of the sums: AVX-512 VNNI multiplies and adds with one
/// instruction, <c>vpdpwssd</c>, for which .NET has no intrinsic.
/// </summary>
/// <param name="code">The loop, sealed.</param>
internal sealed unsafe class AssembledPairProduct(ISealedCode code) : IDisposable
{
    /// <summary>32-bit sums that a product writes: [8 rows][32 columns].</summary>
    public const int Sums = Rows * Vectors * Lanes;

    private const int Rows = AttentionTile.GroupRows;
    private const int Vectors = 2;
    private const int Lanes = KvLayout.Lanes;

    // Of the registers that belong to nobody in either calling convention. Sums: zmm16 to zmm31.
    private static ReadOnlySpan<byte> FromSystemV => [0x48, 0x89, 0xF9];    // mov rcx, rdi       arguments

    private static ReadOnlySpan<byte> LoadArguments =>
    [
        0x48, 0x8B, 0x01,                                                   // mov rax, [rcx]     rows
        0x48, 0x8B, 0x51, 0x08,                                             // mov rdx, [rcx + 8] columns
        0x4C, 0x8B, 0x41, 0x10,                                             // mov r8, [rcx + 16] from the first 16 columns to the others
        0x4C, 0x8B, 0x49, 0x18,                                             // mov r9, [rcx + 24] runs
    ];

    private static ReadOnlySpan<byte> StartRun => [0x4C, 0x8B, 0x51, 0x20]; // mov r10, [rcx + 32] pairs of a run

    private static ReadOnlySpan<byte> LoadColumns =>
    [
        0x62, 0xF1, 0x7E, 0x48, 0x6F, 0x02,                                 // vmovdqu32 zmm0, [rdx]
        0x62, 0xB1, 0x7E, 0x48, 0x6F, 0x0C, 0x02,                           // vmovdqu32 zmm1, [rdx + r8]
    ];

    private static ReadOnlySpan<byte> AddToRows => [0x48, 0x05];            // add rax, step of the rows

    private static ReadOnlySpan<byte> EndPair =>
    [
        0x48, 0x83, 0xC2, 0x40,                                             // add rdx, 64
        0x49, 0xFF, 0xCA,                                                   // dec r10
        0x0F, 0x85,                                                         // jne pair
    ];

    private static ReadOnlySpan<byte> EndRun =>
    [
        0x48, 0x03, 0x51, 0x28,                                             // add rdx, [rcx + 40] gap
        0x49, 0xFF, 0xC9,                                                   // dec r9
        0x0F, 0x85,                                                         // jne run
    ];

    private static ReadOnlySpan<byte> LoadSums => [0x48, 0x8B, 0x51, 0x30]; // mov rdx, [rcx + 48] sums

    private static ReadOnlySpan<byte> Return => [0xC5, 0xF8, 0x77, 0xC3];   // vzeroupper, ret

    /// <summary>The product for a layout of rows, or null where the processor lacks the instruction or the system refuses executable memory.</summary>
    public static AssembledPairProduct? TryCreate<TRows>(IMachineCode? machineCode)
        where TRows : struct, IRowLayout
    {
        if (machineCode is null || !machineCode.Features.HasFlag(MachineCodeFeatures.Avx512Vnni))
        {
            return null;
        }

        byte[] code = Assemble(machineCode.UsesWindowsConvention, TRows.ColumnStep * sizeof(int), TRows.RowStep * sizeof(int));
        return machineCode.Seal(code) is ISealedCode sealedCode ? new AssembledPairProduct(sealedCode) : null;
    }

    /// <param name="a">The rows.</param>
    /// <param name="b">The first 16 columns: runs of <paramref name="run"/> pairs.</param>
    /// <param name="others">Bytes from the first 16 columns to the others.</param>
    /// <param name="runs">Runs, at least 1.</param>
    /// <param name="run">Pairs that follow each other, at least 1.</param>
    /// <param name="gap">Bytes between two runs.</param>
    /// <param name="sums">[8 rows][32 columns].</param>
    public void Multiply(float* a, float* b, nint others, nint runs, nint run, nint gap, float* sums)
    {
        var arguments = new Arguments { A = a, B = b, Others = others, Runs = runs, Run = run, Gap = gap, Sums = sums };
        ((delegate* unmanaged[SuppressGCTransition]<Arguments*, void>)code.Address)(&arguments);
    }

    public void Dispose() => code.Dispose();

    private static byte[] Assemble(bool windows, int columnStep, int rowStep)
    {
        List<byte> code = [.. windows ? [] : FromSystemV, .. LoadArguments];
        for (int sum = 0; sum < Rows * Vectors; sum++)
        {
            // vpxord zmm, zmm, zmm
            code.AddRange([0x62, (byte)(sum < 8 ? 0xA1 : 0x01), (byte)(((~sum & 15) << 3) | 5), 0x40, 0xEF, (byte)(0xC0 | ((sum & 7) * 9))]);
        }

        int run = code.Count;
        code.AddRange(StartRun);
        int pair = code.Count;
        code.AddRange(LoadColumns);
        for (int sum = 0; sum < Rows * Vectors; sum++)
        {
            // vpdpwssd zmm, zmm0 or zmm1, [rax + row]{1to16}
            code.AddRange([0x62, (byte)(sum < 8 ? 0xE2 : 0x62), (byte)(sum % Vectors == 0 ? 0x7D : 0x75), 0x58, 0x52, (byte)(0x80 | ((sum & 7) << 3))]);
            code.AddRange(BitConverter.GetBytes(sum / Vectors * rowStep));
        }

        code.AddRange([.. AddToRows, .. BitConverter.GetBytes(columnStep), .. EndPair]);
        code.AddRange(BitConverter.GetBytes(pair - (code.Count + sizeof(int))));
        code.AddRange(EndRun);
        code.AddRange(BitConverter.GetBytes(run - (code.Count + sizeof(int))));
        code.AddRange(LoadSums);
        for (int sum = 0; sum < Rows * Vectors; sum++)
        {
            // vmovdqu32 [rdx + 64 sum], zmm
            code.AddRange([0x62, (byte)(sum < 8 ? 0xE1 : 0x61), 0x7E, 0x48, 0x7F, (byte)(0x82 | ((sum & 7) << 3))]);
            code.AddRange(BitConverter.GetBytes(sum * Lanes * sizeof(int)));
        }

        return [.. code, .. Return];
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Arguments
    {
        public float* A;
        public float* B;
        public nint Others;
        public nint Runs;
        public nint Run;
        public nint Gap;
        public float* Sums;
    }
}
