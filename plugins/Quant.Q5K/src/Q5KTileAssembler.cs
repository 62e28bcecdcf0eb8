using Iced.Intel;
using Tessera.Kernels;
using static Iced.Intel.AssemblerRegisters;

namespace Tessera.Quant.Q5K;

/// <summary>The products over <see cref="Q5KPanel"/> with AVX-512 VNNI, bit for bit those of <see cref="Q5KPanelKernel"/>.</summary>
internal sealed class Q5KTileAssembler : SixBitTileAssembler
{
    private const int HalfSteps = 4;
    private const int VectorBytes = 64;

    private static readonly AssemblerRegisterZMM FiveBits = zmm26;
    private static readonly AssemblerRegisterZMM UpperThreeBits = zmm27;
    private static readonly AssemblerRegisterZMM LowerTwoBits = zmm28;
    private static readonly AssemblerRegisterZMM Upper = zmm29;

    protected override int BlockBytes => Rows * Q5KPanel.BlockBytesPerRow;

    protected override int ScaleOffset => Rows * Q5KPanel.ScalePerRow;

    protected override void LoadConstants()
    {
        Broadcast(FiveBits, 0x1F1F1F1F);
        Broadcast(UpperThreeBits, 0x1C1C1C1C);
        Broadcast(LowerTwoBits, 0x03030303);
    }

    /// <summary>Of the second half three bits come from above the first half's weights, two from the sub-block's last word.</summary>
    protected override void LoadWeights(AssemblerRegisterZMM weights, int subBlock, int stepOfSubBlock)
    {
        const byte FirstAndSecondOrThird = 0xEA;
        if (stepOfSubBlock < HalfSteps)
        {
            Code.vpandd(weights, FiveBits, Word(subBlock, stepOfSubBlock));
            return;
        }

        int word = stepOfSubBlock - HalfSteps;
        Code.vpsrld(Upper, Word(subBlock, word), 3);
        Code.vpandd(Upper, Upper, UpperThreeBits);
        Code.vpsrld(weights, Word(subBlock, HalfSteps), (byte)(2 * word));
        Code.vpternlogd(weights, LowerTwoBits, Upper, FirstAndSecondOrThird);
    }

    protected override void LoadScales(AssemblerRegisterZMM scales, int subBlock) =>
        Code.vpmovzxbd(scales, __xmmword_ptr[Block + ((Q5KPanel.ScalesPerRow + subBlock) * Rows)]);

    private static AssemblerMemoryOperand Word(int sub, int word) =>
        __zmmword_ptr[Block + (((sub * Q5KPanel.SubBlockBytesPerRow) + Q5KPanel.QuantsPerRow) * Rows) + (word * VectorBytes)];
}
