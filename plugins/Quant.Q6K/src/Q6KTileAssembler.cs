using Iced.Intel;
using Tessera.Kernels;
using Tessera.Numerics;
using static Iced.Intel.AssemblerRegisters;

namespace Tessera.Quant.Q6K;

/// <summary>The products over <see cref="Q6KPanel"/> with AVX-512 VNNI, bit for bit those of <see cref="Q6KPanelKernel"/>.</summary>
/// <remarks>
/// A sub-block of the assembler, 32 columns with one scale of the activations, is a quarter here: two of the format's sub-blocks. Their weights are
/// unpacked into eight registers, then each token passes by. Weights are four times as large, so that their zero is 128: the six bits stand at the
/// top of a byte. Sums are whole numbers times four and as exact as they would be without it.
/// </remarks>
internal sealed class Q6KTileAssembler : TileAssembler
{
    private const int Steps = 8;
    private const int StepsPerScale = 4;
    private const int Quarters = 4;
    private const int VectorBytes = 64;
    private const int OneQuarter = 0x3E800000; // as binary32

    private static readonly AssemblerRegisterZMM[] Weights = [zmm0, zmm1, zmm2, zmm3, zmm4, zmm5, zmm6, zmm7];
    private static readonly AssemblerRegisterZMM FirstScale = zmm24;
    private static readonly AssemblerRegisterZMM SecondScale = zmm25;

    // In turns, so that a token goes ahead of the one before.
    private static readonly AssemblerRegisterZMM[] FirstSums = [zmm26, zmm28];
    private static readonly AssemblerRegisterZMM[] SecondSums = [zmm27, zmm29];
    private static readonly AssemblerRegisterZMM LowMask = zmm30;
    private static readonly AssemblerRegisterZMM HighMask = zmm31;

    public override ActivationParts ReadsSums => ActivationParts.Offsets;

    protected override int BlockBytes => Q6KPanel.BlockBytes;

    protected override int SubBlocks => Q6KBlock.Elements / 32;

    protected override void LoadConstants()
    {
        Broadcast(LowMask, 0x3C3C3C3C);
        Broadcast(HighMask, 0xC0C0C0C0);
    }

    protected override void AddBlock()
    {
        ClearBlockValues();
        for (int quarter = 0; quarter < SubBlocks; quarter++)
        {
            for (int step = 0; step < Steps; step++)
            {
                Unpack(Weights[step], FirstSums[step % 2], quarter / Quarters, quarter % Quarters, step);
            }

            LoadScale(FirstScale, 2 * quarter);
            LoadScale(SecondScale, (2 * quarter) + 1);
            ForEachToken(token => AddQuarter(token, quarter));
        }

        Code.mov(Own32, OneQuarter);
        Code.vpbroadcastd(SecondScale, Own32);
        Code.vcvtph2ps(FirstScale, __ymmword_ptr[Block + Q6KPanel.ScaleOffset]);
        Code.vmulps(FirstScale, FirstScale, SecondScale);
        AddBlockValues(FirstScale);
    }

    private void AddQuarter(int token, int quarter)
    {
        AssemblerRegisterZMM first = FirstSums[token % 2];
        AssemblerRegisterZMM second = SecondSums[token % 2];
        StartAtOffset(first, token, quarter, half: 0);
        StartAtOffset(second, token, quarter, half: 1);
        for (int step = 0; step < StepsPerScale; step++)
        {
            AddProducts(first, Weights[step], token, quarter, step);
            AddProducts(second, Weights[StepsPerScale + step], token, quarter, StepsPerScale + step);
        }

        Code.vcvtdq2ps(first, first);
        Code.vcvtdq2ps(second, second);
        Code.vmulps(first, first, FirstScale);
        Code.vfmadd231ps(first, second, SecondScale);
        AddToBlockValue(first, token, quarter);
    }

    private void LoadScale(AssemblerRegisterZMM scale, int sub)
    {
        Code.vpmovsxbd(scale, __xmmword_ptr[Block + Q6KPanel.ScalesOffset + (sub * Rows)]);
        Code.vcvtdq2ps(scale, scale);
    }

    private void Unpack(AssemblerRegisterZMM weights, AssemblerRegisterZMM low, int half, int quarter, int step)
    {
        const byte FirstAndSecondOrThird = 0xEA;
        PrefetchLine();
        AssemblerMemoryOperand lowBits = Vector(0, (((half * 2) + (quarter % 2)) * Steps) + step);
        AssemblerMemoryOperand highBits = Vector(Q6KPanel.HighBitsOffset, (half * Steps) + step);
        if (quarter < 2)
        {
            Code.vpslld(low, lowBits, 2);
        }
        else
        {
            Code.vpsrld(low, lowBits, 2);
        }

        Code.vpandd(low, low, LowMask);
        if (quarter < 3)
        {
            Code.vpslld(weights, highBits, (byte)(6 - (2 * quarter)));
        }
        else
        {
            Code.vmovdqa32(weights, highBits);
        }

        Code.vpternlogd(weights, HighMask, low, FirstAndSecondOrThird);
    }

    private static AssemblerMemoryOperand Vector(int offset, int step) => __zmmword_ptr[Block + offset + (step * VectorBytes)];
}
