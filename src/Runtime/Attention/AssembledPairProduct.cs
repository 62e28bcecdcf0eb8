using System.Runtime.InteropServices;
using Tessera.Numerics;
using Tessera.Runtime.State;

namespace Tessera.Runtime.Attention;

/// <summary>
/// <see cref="PairProduct{TLanes, TVector, TRows}"/> of 8 rows with 32 columns, a call for as many as follow each other: AVX-512 VNNI multiplies and adds with
/// one instruction, <c>vpdpwssd</c>, for which .NET has no intrinsic. A tile is what integers are summed over: of scores the next tile is of other columns, of
/// weighted sums it goes on along the rows. For every line that the loop reads it asks for one that is read later.
/// </summary>
/// <param name="code">The loop, sealed.</param>
internal sealed unsafe class AssembledPairProduct(ISealedCode code) : IDisposable
{
    /// <summary>Columns of a tile.</summary>
    public const int TileColumns = Vectors * Lanes;

    private const int Vectors = 2;
    private const int Lanes = KvLayout.Lanes;
    private const int Sums = AttentionTile.GroupRows * Vectors;

    // Of the registers that belong to nobody in either calling convention. Sums: zmm16 to zmm31.
    private static ReadOnlySpan<byte> FromSystemV => [0x48, 0x89, 0xF9];    // mov rcx, rdi       arguments

    private static ReadOnlySpan<byte> LoadArguments =>
    [
        0x4C, 0x8B, 0x41, 0x10,                                             // mov r8, [rcx + 16] from the first 16 columns to the others
        0x4C, 0x8B, 0x59, 0x58,                                             // mov r11, [rcx + 88] ahead
    ];

    private static ReadOnlySpan<byte> StartTile =>
    [
        0x48, 0x8B, 0x01,                                                   // mov rax, [rcx]     rows
        0x48, 0x8B, 0x51, 0x08,                                             // mov rdx, [rcx + 8] columns
        0x4C, 0x8B, 0x49, 0x18,                                             // mov r9, [rcx + 24] runs
    ];

    private static ReadOnlySpan<byte> StartRun => [0x4C, 0x8B, 0x51, 0x20]; // mov r10, [rcx + 32] pairs of a run

    private static ReadOnlySpan<byte> StartPair =>
    [
        0x62, 0xF1, 0x7E, 0x48, 0x6F, 0x02,                                 // vmovdqu32 zmm0, [rdx]
        0x62, 0xB1, 0x7E, 0x48, 0x6F, 0x0C, 0x02,                           // vmovdqu32 zmm1, [rdx + r8]
        0x41, 0x0F, 0x18, 0x13,                                             // prefetcht1 [r11]
        0x41, 0x0F, 0x18, 0x53, 0x40,                                       // prefetcht1 [r11 + 64]
        0x49, 0x83, 0xEB, 0x80,                                             // sub r11, -128
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

    private static ReadOnlySpan<byte> StartFinish =>
    [
        0x48, 0x8B, 0x41, 0x30,                                             // mov rax, [rcx + 48] scales
        0x48, 0x8B, 0x51, 0x38,                                             // mov rdx, [rcx + 56] y
        0x4C, 0x8B, 0x51, 0x40,                                             // mov r10, [rcx + 64] from a row of y to the next
        0x4C, 0x8B, 0x49, 0x50,                                             // mov r9, [rcx + 80] from a tile's columns to the next's
    ];

    // Columns of the next tile are others, which have their scales and sums of their own.
    private static ReadOnlySpan<byte> LoadColumnScales =>
    [
        0x62, 0xF1, 0x7C, 0x48, 0x10, 0x00,                                 // vmovups zmm0, [rax]
        0x62, 0xB1, 0x7C, 0x48, 0x10, 0x0C, 0x00,                           // vmovups zmm1, [rax + r8]
        0x4C, 0x01, 0x49, 0x30,                                             // add [rcx + 48], r9
        0x48, 0x83, 0x69, 0x38, 0x80,                                       // sub qword [rcx + 56], -128
    ];

    // The next tile goes on with the rows where this one ends.
    private static ReadOnlySpan<byte> AdvanceRows => [0x48, 0x89, 0x01];    // mov [rcx], rax

    private static ReadOnlySpan<byte> LoadRowScale =>
    [
        0x62, 0xF2, 0x7D, 0x48, 0x18, 0x00,                                 // vbroadcastss zmm0, [rax]
        0x48, 0x83, 0xC0, 0x04,                                             // add rax, 4
    ];

    private static ReadOnlySpan<byte> EndRow => [0x4C, 0x01, 0xD2];         // add rdx, r10

    private static ReadOnlySpan<byte> EndTile =>
    [
        0x4C, 0x01, 0x49, 0x08,                                             // add [rcx + 8], r9
        0x48, 0xFF, 0x49, 0x48,                                             // dec qword [rcx + 72] tiles
        0x0F, 0x85,                                                         // jne tile
    ];

    private static ReadOnlySpan<byte> Return => [0xC5, 0xF8, 0x77, 0xC3];   // vzeroupper, ret

    /// <summary>The product for a layout of rows, or null where the processor lacks the instruction or the system refuses executable memory.</summary>
    public static AssembledPairProduct? TryCreate<TRows>(IMachineCode? machineCode)
        where TRows : struct, IRowLayout
    {
        if (machineCode is null || !machineCode.Features.HasFlag(MachineCodeFeatures.Avx512Vnni))
        {
            return null;
        }

        return machineCode.Seal(Assemble<TRows>(machineCode.UsesWindowsConvention)) is ISealedCode sealedCode ? new AssembledPairProduct(sealedCode) : null;
    }

    /// <summary>Changes the arguments.</summary>
    public void Multiply(ref Arguments arguments)
    {
        fixed (Arguments* pointer = &arguments)
        {
            ((delegate* unmanaged[SuppressGCTransition]<Arguments*, void>)code.Address)(pointer);
        }
    }

    public void Dispose() => code.Dispose();

    private static byte[] Assemble<TRows>(bool windows)
        where TRows : struct, IRowLayout
    {
        List<byte> code = [.. windows ? [] : FromSystemV, .. LoadArguments];
        int tile = code.Count;
        code.AddRange(StartTile);
        for (int sum = 0; sum < Sums; sum++)
        {
            // vpxord zmm, zmm, zmm
            code.AddRange([0x62, (byte)(sum < 8 ? 0xA1 : 0x01), (byte)(((~sum & 15) << 3) | 5), 0x40, 0xEF, BothOperands(sum)]);
        }

        int run = code.Count;
        code.AddRange(StartRun);
        int pair = code.Count;
        code.AddRange(StartPair);
        for (int sum = 0; sum < Sums; sum++)
        {
            // vpdpwssd zmm, zmm0 or zmm1, [rax + row]{1to16}
            code.AddRange([0x62, (byte)(sum < 8 ? 0xE2 : 0x62), (byte)(sum % Vectors == 0 ? 0x7D : 0x75), 0x58, 0x52, (byte)(0x80 | ((sum & 7) << 3))]);
            code.AddRange(BitConverter.GetBytes(sum / Vectors * TRows.RowStep * sizeof(int)));
        }

        code.AddRange([.. AddToRows, .. BitConverter.GetBytes(TRows.ColumnStep * sizeof(int)), .. EndPair]);
        JumpTo(pair, code);
        code.AddRange(EndRun);
        JumpTo(run, code);
        code.AddRange([.. TRows.Accumulates ? AdvanceRows : [], .. StartFinish, .. TRows.Accumulates ? [] : LoadColumnScales]);
        for (int sum = 0; sum < Sums; sum += Vectors)
        {
            code.AddRange(TRows.Accumulates ? LoadRowScale : []);
            Finish(sum, TRows.Accumulates, code);
            Finish(sum + 1, TRows.Accumulates, code);
            code.AddRange(EndRow);
        }

        code.AddRange(EndTile);
        JumpTo(tile, code);
        return [.. code, .. Return];
    }

    /// <summary>What becomes of a sum: see <see cref="PairProduct{TLanes, TVector, TRows}"/>.</summary>
    private static void Finish(int sum, bool accumulates, List<byte> code)
    {
        // [rdx] or [rdx + 64]
        byte[] y = sum % Vectors == 0 ? [(byte)(0x02 | ((sum & 7) << 3))] : [(byte)(0x42 | ((sum & 7) << 3)), 0x01];

        // vcvtdq2ps zmm, zmm
        code.AddRange([0x62, (byte)(sum < 8 ? 0xA1 : 0x01), 0x7C, 0x48, 0x5B, BothOperands(sum)]);
        code.AddRange(accumulates
            ? [0x62, (byte)(sum < 8 ? 0xE2 : 0x62), 0x7D, 0x48, 0xA8, .. y]    // vfmadd213ps zmm, zmm0, y
            : [0x62, (byte)(sum < 8 ? 0xA1 : 0x01), (byte)(sum % Vectors == 0 ? 0x7C : 0x74), 0x48, 0x59, BothOperands(sum)]); // vmulps zmm, zmm0 or zmm1, zmm

        // vmovups y, zmm
        code.AddRange([0x62, (byte)(sum < 8 ? 0xE1 : 0x61), 0x7C, 0x48, 0x11, .. y]);
    }

    private static byte BothOperands(int sum) => (byte)(0xC0 | ((sum & 7) * 9));

    private static void JumpTo(int target, List<byte> code) => code.AddRange(BitConverter.GetBytes(target - (code.Count + sizeof(int))));

    /// <summary>What the loop is given, in the order in which it knows it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Arguments
    {
        /// <summary>The rows.</summary>
        public float* A;

        /// <summary>The first 16 columns of a tile: runs of pairs.</summary>
        public float* B;

        /// <summary>Bytes from a tile's first 16 columns to its others, and from their scales to the others'.</summary>
        public nint Others;

        /// <summary>Runs, at least 1.</summary>
        public nint Runs;

        /// <summary>Pairs that follow each other, at least 1.</summary>
        public nint Run;

        /// <summary>Bytes between two runs.</summary>
        public nint Gap;

        /// <summary>Of the columns, or of the rows where sums are added to what is there.</summary>
        public float* Scales;

        /// <summary>[row][32 columns], of scores as many for each tile.</summary>
        public float* Y;

        /// <summary>Bytes from a row to the next of <see cref="Y"/>.</summary>
        public nint Stride;

        /// <summary>Tiles, at least 1.</summary>
        public nint Tiles;

        /// <summary>Bytes from where a tile's columns begin to where the next tile's do.</summary>
        public nint TileStep;

        /// <summary>What is read later, as many bytes as <see cref="B"/> has.</summary>
        public byte* Ahead;
    }
}
