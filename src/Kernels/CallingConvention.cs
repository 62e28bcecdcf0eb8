using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Tessera.Kernels;

/// <summary>Saves and restores the registers that belong to the caller: System V keeps rbx, rbp, r12-r15, Windows also rdi, rsi and xmm6-15.</summary>
internal static class CallingConvention
{
    private const int XmmBytes = 16;

    private static readonly AssemblerRegister64[] SystemV = [rbx, rbp, r12, r13, r14, r15];
    private static readonly AssemblerRegister64[] Windows = [.. SystemV, rdi, rsi];
    private static readonly AssemblerRegisterXMM[] WindowsVectors = [xmm6, xmm7, xmm8, xmm9, xmm10, xmm11, xmm12, xmm13, xmm14, xmm15];

    public static void Enter(Assembler code, bool windows)
    {
        foreach (AssemblerRegister64 register in windows ? Windows : SystemV)
        {
            code.push(register);
        }

        if (windows)
        {
            code.sub(rsp, WindowsVectors.Length * XmmBytes);
            for (int i = 0; i < WindowsVectors.Length; i++)
            {
                code.vmovdqu(__xmmword_ptr[rsp + (i * XmmBytes)], WindowsVectors[i]);
            }
        }
    }

    public static void Leave(Assembler code, bool windows)
    {
        code.vzeroupper();
        if (windows)
        {
            for (int i = 0; i < WindowsVectors.Length; i++)
            {
                code.vmovdqu(WindowsVectors[i], __xmmword_ptr[rsp + (i * XmmBytes)]);
            }

            code.add(rsp, WindowsVectors.Length * XmmBytes);
        }

        foreach (AssemblerRegister64 register in (windows ? Windows : SystemV).Reverse())
        {
            code.pop(register);
        }

        code.ret();
    }
}
