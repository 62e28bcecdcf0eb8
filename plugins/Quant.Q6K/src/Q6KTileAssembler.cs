using Iced.Intel;
using Tessera.Kernels;
using static Iced.Intel.AssemblerRegisters;

namespace Tessera.Quant.Q6K;

/// <summary>The products over <see cref="Q6KPanel"/> with AVX-512 VNNI, bit for bit those of <see cref="Q6KPanelKernel"/>.</summary>
/// <remarks>A sub-block of the assembler, 32 columns with one scale of the activations, is a quarter here: two of the format's sub-blocks.</remarks>
internal sealed class Q6KTileAssembler : TileAssembler
{
    private const int StepsPerSubBlock = 4;
    private const int StepsPerQuarter = 8;
    private const int Quarters = 4;
    private const int VectorBytes = 64;

    // -32 in one 16-bit half of a lane and 0 in the other: what the weights' zero takes off, times the sum of 16 of the 32 activations.
    private const int ZeroOfFirst = 0x0000FFE0;
    private const int ZeroOfSecond = unchecked((int)0xFFE00000);

    private static readonly AssemblerRegisterZMM Factor = zmm24;
    private static readonly AssemblerRegisterZMM Low = zmm25;
    private static readonly AssemblerRegisterZMM LowMask = zmm26;
    private static readonly AssemblerRegisterZMM HighMask = zmm27;
    private static readonly AssemblerRegisterZMM EvenWeights = zmm28;
    private static readonly AssemblerRegisterZMM OddWeights = zmm29;
    private static readonly AssemblerRegisterZMM FirstZero = zmm30;
    private static readonly AssemblerRegisterZMM SecondZero = zmm31;

    public override bool ReadsIntegerSums => true;

    protected override int BlockBytes => Q6KPanel.BlockBytes;

    protected override int SubBlocks => Q6KBlock.Elements / 32;

    protected override void LoadConstants()
    {
        Broadcast(LowMask, 0x0F0F0F0F);
        Broadcast(HighMask, 0x30303030);
        Broadcast(FirstZero, ZeroOfFirst);
        Broadcast(SecondZero, ZeroOfSecond);
    }

    protected override void AddBlock()
    {
        ClearBlockValues();
        for (int sub = 0; sub < Q6KBlock.SubBlocks; sub++)
        {
            AddSubBlock(sub);
        }

        Code.vcvtph2ps(Factor, __ymmword_ptr[Block + Q6KPanel.ScaleOffset]);
        AddBlockValues(Factor);
    }

    private void AddSubBlock(int sub)
    {
        int quarter = sub / 2;
        bool second = sub % 2 == 1;
        ClearSums();
        AddIntegerSums(second ? SecondZero : FirstZero, quarter);
        for (int i = 0; i < StepsPerSubBlock; i++)
        {
            // Two registers in turns, so that unpacking goes ahead of the products.
            AssemblerRegisterZMM weights = i % 2 == 0 ? EvenWeights : OddWeights;
            int step = (second ? StepsPerSubBlock : 0) + i;
            Unpack(weights, quarter / Quarters, quarter % Quarters, step);
            AddProducts(weights, quarter, step);
        }

        Code.vpmovsxbd(Factor, __xmmword_ptr[Block + Q6KPanel.ScalesOffset + (sub * Rows)]);
        Code.vcvtdq2ps(Factor, Factor);
        AddScaledSums(Factor, quarter);
    }

    private void Unpack(AssemblerRegisterZMM weights, int half, int quarter, int step)
    {
        const byte FirstAndSecondOrThird = 0xEA;
        AssemblerMemoryOperand low = Vector(0, (((half * 2) + (quarter % 2)) * StepsPerQuarter) + step);
        AssemblerMemoryOperand high = Vector(Q6KPanel.HighBitsOffset, (half * StepsPerQuarter) + step);
        if (quarter < 2)
        {
            Code.vpandd(Low, LowMask, low);
        }
        else
        {
            Code.vpsrld(Low, low, 4);
            Code.vpandd(Low, Low, LowMask);
        }

        switch (quarter)
        {
            case 0: Code.vpslld(weights, high, 4); break;
            case 1: Code.vpslld(weights, high, 2); break;
            case 2: Code.vmovdqa32(weights, high); break;
            default: Code.vpsrld(weights, high, 2); break;
        }

        Code.vpternlogd(weights, HighMask, Low, FirstAndSecondOrThird);
    }

    private static AssemblerMemoryOperand Vector(int offset, int step) => __zmmword_ptr[Block + offset + (step * VectorBytes)];

    private void Broadcast(AssemblerRegisterZMM register, int value)
    {
        Code.mov(eax, value);
        Code.vpbroadcastd(register, eax);
    }
}
