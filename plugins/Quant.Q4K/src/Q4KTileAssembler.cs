using Iced.Intel;
using Tessera.Kernels;
using static Iced.Intel.AssemblerRegisters;

namespace Tessera.Quant.Q4K;

/// <summary>The products over <see cref="Q4KPanel"/> with AVX-512 VNNI, bit for bit those of <see cref="Q4KPanelKernel"/>.</summary>
internal sealed class Q4KTileAssembler : SixBitTileAssembler
{
    private const int StepsPerPair = 8;
    private const int VectorBytes = 64;

    private static readonly AssemblerRegisterZMM LowNibbles = zmm26;
    private static readonly AssemblerRegisterZMM LowByte = zmm27;

    protected override int BlockBytes => Rows * Q4KPanel.BlockBytesPerRow;

    protected override int ScaleOffset => Rows * Q4KPanel.ScalePerRow;

    protected override void LoadConstants()
    {
        Broadcast(LowNibbles, 0x0F0F0F0F);
        Broadcast(LowByte, 0xFF);
    }

    protected override void LoadWeights(AssemblerRegisterZMM weights, int subBlock, int stepOfSubBlock)
    {
        AssemblerMemoryOperand packed = __zmmword_ptr[
            Block + (Q4KPanel.QuantsPerRow * Rows) + (((subBlock / 2 * StepsPerPair) + stepOfSubBlock) * VectorBytes)];
        if (subBlock % 2 == 0)
        {
            Code.vpandd(weights, LowNibbles, packed);
        }
        else
        {
            Code.vpsrld(weights, packed, 4);
            Code.vpandd(weights, weights, LowNibbles);
        }
    }

    /// <summary>A row's lane holds the scales of four sub-blocks, a byte each.</summary>
    protected override void LoadScales(AssemblerRegisterZMM scales, int subBlock)
    {
        Code.vpsrld(scales, __zmmword_ptr[Block + (Q4KPanel.ScalesPerRow * Rows) + (subBlock / 4 * VectorBytes)], (byte)(subBlock % 4 * 8));
        Code.vpandd(scales, scales, LowByte);
    }
}
