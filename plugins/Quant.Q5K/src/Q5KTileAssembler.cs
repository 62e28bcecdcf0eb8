using Iced.Intel;
using Tessera.Kernels;
using static Iced.Intel.AssemblerRegisters;

namespace Tessera.Quant.Q5K;

/// <summary>The products over <see cref="Q5KPanel"/> with AVX-512 VNNI, bit for bit those of <see cref="Q5KPanelKernel"/>.</summary>
internal sealed class Q5KTileAssembler : TileAssembler
{
    private const int HalfSteps = 4;
    private const int VectorBytes = 64;

    private static readonly AssemblerRegisterZMM Factor = zmm24;
    private static readonly AssemblerRegisterZMM D = zmm25;
    private static readonly AssemblerRegisterZMM FiveBits = zmm26;
    private static readonly AssemblerRegisterZMM UpperThreeBits = zmm27;
    private static readonly AssemblerRegisterZMM LowerTwoBits = zmm28;
    private static readonly AssemblerRegisterZMM Upper = zmm29;
    private static readonly AssemblerRegisterZMM EvenWeights = zmm30;
    private static readonly AssemblerRegisterZMM OddWeights = zmm31;

    protected override int BlockBytes => Rows * Q5KPanel.BlockBytesPerRow;

    protected override int SubBlocks => Q5KBlock.SubBlocks;

    protected override void LoadConstants()
    {
        Broadcast(FiveBits, 0x1F1F1F1F);
        Broadcast(UpperThreeBits, 0x1C1C1C1C);
        Broadcast(LowerTwoBits, 0x03030303);
    }

    protected override void AddBlock()
    {
        ClearBlockValues();
        for (int sub = 0; sub < SubBlocks; sub++)
        {
            LoadFactor(sub * Rows);
            AddActivationSums(Factor, sub);
        }

        Code.vcvtph2ps(D, __ymmword_ptr[Block + (Q5KPanel.MinimumPerRow * Rows)]);
        SubtractBlockValues(D);

        ClearBlockValues();
        for (int sub = 0; sub < SubBlocks; sub++)
        {
            AddSubBlock(sub);
        }

        Code.vcvtph2ps(D, __ymmword_ptr[Block + (Q5KPanel.ScalePerRow * Rows)]);
        AddBlockValues(D);
    }

    private void AddSubBlock(int sub)
    {
        ClearSums();
        for (int step = 0; step < 2 * HalfSteps; step++)
        {
            // Two registers in turns, so that unpacking goes ahead of the products.
            AssemblerRegisterZMM weights = step % 2 == 0 ? EvenWeights : OddWeights;
            if (step < HalfSteps)
            {
                Code.vpandd(weights, FiveBits, Word(sub, step));
            }
            else
            {
                UnpackSecondHalf(weights, sub, step - HalfSteps);
            }

            AddProducts(weights, sub, step);
        }

        LoadFactor((Q5KPanel.ScalesPerRow + sub) * Rows);
        AddScaledSums(Factor, sub);
    }

    /// <summary>Three bits come from above the first half's weights, two from the sub-block's last word.</summary>
    private void UnpackSecondHalf(AssemblerRegisterZMM weights, int sub, int step)
    {
        const byte FirstAndSecondOrThird = 0xEA;
        Code.vpsrld(Upper, Word(sub, step), 3);
        Code.vpandd(Upper, Upper, UpperThreeBits);
        Code.vpsrld(weights, Word(sub, HalfSteps), (byte)(2 * step));
        Code.vpternlogd(weights, LowerTwoBits, Upper, FirstAndSecondOrThird);
    }

    private static AssemblerMemoryOperand Word(int sub, int word) =>
        __zmmword_ptr[Block + (((sub * Q5KPanel.SubBlockBytesPerRow) + Q5KPanel.QuantsPerRow) * Rows) + (word * VectorBytes)];

    /// <summary>A byte of each row, as a floating-point number.</summary>
    private void LoadFactor(int offset)
    {
        Code.vpmovzxbd(Factor, __xmmword_ptr[Block + offset]);
        Code.vcvtdq2ps(Factor, Factor);
    }

    private void Broadcast(AssemblerRegisterZMM register, int value)
    {
        Code.mov(eax, value);
        Code.vpbroadcastd(register, eax);
    }
}
