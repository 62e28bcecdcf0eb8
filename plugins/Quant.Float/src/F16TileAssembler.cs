using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Tessera.Quant.Float;

/// <summary>
/// Assembles the product of a panel of 16 rows with up to eight tokens for binary16, bit for bit that of <see cref="FloatPanelKernel"/>. AVX-512 widens
/// sixteen halves with one instruction, <c>vcvtph2ps</c>, for which .NET has no intrinsic: without it, widening takes a third of the time.
/// </summary>
/// <remarks>
/// The function takes one pointer to <see cref="F16TileArguments"/>, which stays in its register (rdi, on Windows rcx), and touches only registers that
/// both conventions leave to it, but for xmm6-8. rax: weights; rdx and r8: activations of tokens 0 and 4; r9 and r10: 1 and 3 times the tokens' stride;
/// r11: groups left. zmm0: weights; zmm1-8: the tokens' results; zmm16-23: their runs; zmm24-31: their groups.
/// </remarks>
internal static class F16TileAssembler
{
    /// <summary>The most tokens of a tile.</summary>
    public const int MaxTokens = 8;

    /// <summary>A matrix' columns must be whole groups.</summary>
    public const int GroupColumns = FloatPanelKernel.GroupColumns;

    /// <summary>Bytes of the registers that are saved on Windows.</summary>
    public const int SavedBytes = 3 * XmmBytes;

    private const int XmmBytes = 16;
    private const int ColumnBytes = FloatPanel.Rows * sizeof(ushort);
    private const int ArgumentBytes = 8;

    private static readonly AssemblerRegisterXMM[] Saved = [xmm6, xmm7, xmm8];
    private static readonly AssemblerRegisterZMM[] Results = [zmm1, zmm2, zmm3, zmm4, zmm5, zmm6, zmm7, zmm8];
    private static readonly AssemblerRegisterZMM[] Runs = [zmm16, zmm17, zmm18, zmm19, zmm20, zmm21, zmm22, zmm23];
    private static readonly AssemblerRegisterZMM[] Groups = [zmm24, zmm25, zmm26, zmm27, zmm28, zmm29, zmm30, zmm31];

    /// <summary>Makes the code for a number of tokens.</summary>
    /// <param name="tokens">1 to <see cref="MaxTokens"/>.</param>
    /// <param name="windows">Whether for Windows' calling convention.</param>
    public static byte[] Assemble(int tokens, bool windows)
    {
        var code = new Assembler(64);
        AssemblerRegister64 arguments = windows ? rcx : rdi;
        AssemblerMemoryOperand Argument(int index) => __[arguments + (index * ArgumentBytes)];
        AssemblerMemoryOperand SavedRegister(int index) => __xmmword_ptr[arguments + (6 * ArgumentBytes) + (index * XmmBytes)];

        for (int i = 0; windows && i < Saved.Length; i++)
        {
            code.vmovups(SavedRegister(i), Saved[i]);
        }

        code.mov(rax, Argument(0));
        code.mov(rdx, Argument(1));
        code.mov(r9, Argument(2));
        code.mov(r11, Argument(3));
        code.lea(r10, __[r9 + (r9 * 2)]);
        code.lea(r8, __[rdx + (r9 * 4)]);
        Clear(code, Results, tokens);

        Label nextGroup = code.CreateLabel();
        code.Label(ref nextGroup);
        AddGroup(code, tokens);
        code.add(rax, GroupColumns * ColumnBytes);
        code.add(rdx, GroupColumns * sizeof(float));
        code.add(r8, GroupColumns * sizeof(float));
        code.dec(r11);
        code.jne(nextGroup);

        code.mov(rax, Argument(4));
        code.mov(rdx, Argument(5));
        for (int t = 0; t < tokens; t++)
        {
            code.vmovups(__zmmword_ptr[rax], Results[t]);
            code.add(rax, rdx);
        }

        code.vzeroupper();
        for (int i = 0; windows && i < Saved.Length; i++)
        {
            code.vmovups(Saved[i], SavedRegister(i));
        }

        code.ret();
        using var bytes = new MemoryStream();
        code.Assemble(new StreamCodeWriter(bytes), 0);
        return bytes.ToArray();
    }

    private static void AddGroup(Assembler code, int tokens)
    {
        Clear(code, Groups, tokens);
        for (int first = 0; first < GroupColumns; first += FloatPanelKernel.RunColumns)
        {
            Clear(code, Runs, tokens);
            for (int c = first; c < first + FloatPanelKernel.RunColumns; c++)
            {
                if (tokens >= FloatPanelKernel.PrefetchTokens && c % 2 == 0)
                {
                    code.prefetcht1(__byte_ptr[rax + (c * ColumnBytes) + FloatPanelKernel.PrefetchDistance]);
                }

                code.vcvtph2ps(zmm0, __ymmword_ptr[rax + (c * ColumnBytes)]);
                for (int t = 0; t < tokens; t++)
                {
                    code.vfmadd231ps(Runs[t], zmm0, Value(t, c));
                }
            }

            Add(code, Groups, Runs, tokens);
        }

        Add(code, Results, Groups, tokens);
    }

    /// <summary>A token's activation, for all lanes.</summary>
    private static AssemblerMemoryOperand Value(int token, int column)
    {
        AssemblerRegister64 four = token < 4 ? rdx : r8;
        int offset = column * sizeof(float);
        return (token % 4) switch
        {
            0 => __dword_bcst[four + offset],
            1 => __dword_bcst[four + (r9 * 1) + offset],
            2 => __dword_bcst[four + (r9 * 2) + offset],
            _ => __dword_bcst[four + (r10 * 1) + offset],
        };
    }

    private static void Clear(Assembler code, AssemblerRegisterZMM[] registers, int tokens)
    {
        for (int t = 0; t < tokens; t++)
        {
            code.vpxord(registers[t], registers[t], registers[t]);
        }
    }

    private static void Add(Assembler code, AssemblerRegisterZMM[] sums, AssemblerRegisterZMM[] terms, int tokens)
    {
        for (int t = 0; t < tokens; t++)
        {
            code.vaddps(sums[t], sums[t], terms[t]);
        }
    }
}
