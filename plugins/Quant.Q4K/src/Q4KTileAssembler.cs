using Iced.Intel;
using Tessera.Kernels;
using static Iced.Intel.AssemblerRegisters;

namespace Tessera.Quant.Q4K;

/// <summary>The products over <see cref="Q4KPanel"/> with AVX-512 VNNI, bit for bit those of <see cref="Q4KPanelKernel"/>.</summary>
internal sealed class Q4KTileAssembler : TileAssembler
{
    private const int Steps = 8;
    private const int VectorBytes = 64;

    private static readonly AssemblerRegisterZMM Factor = zmm24;
    private static readonly AssemblerRegisterZMM D = zmm25;
    private static readonly AssemblerRegisterZMM LowNibbles = zmm26;
    private static readonly AssemblerRegisterZMM LowByte = zmm27;
    private static readonly AssemblerRegisterZMM EvenWeights = zmm28;
    private static readonly AssemblerRegisterZMM OddWeights = zmm29;

    protected override int BlockBytes => Rows * Q4KPanel.BlockBytesPerRow;

    protected override int SubBlocks => Q4KBlock.SubBlocks;

    protected override void LoadConstants()
    {
        Code.mov(eax, 0x0F0F0F0F);
        Code.vpbroadcastd(LowNibbles, eax);
        Code.mov(eax, 0xFF);
        Code.vpbroadcastd(LowByte, eax);
    }

    protected override void AddBlock()
    {
        ClearBlockValues();
        for (int sub = 0; sub < SubBlocks; sub++)
        {
            Code.vpmovzxbd(Factor, __xmmword_ptr[Block + (sub * Rows)]);
            Code.vcvtdq2ps(Factor, Factor);
            AddActivationSums(Factor, sub);
        }

        Code.vcvtph2ps(D, __ymmword_ptr[Block + (Q4KPanel.MinimumPerRow * Rows)]);
        SubtractBlockValues(D);

        ClearBlockValues();
        for (int sub = 0; sub < SubBlocks; sub++)
        {
            AddSubBlock(sub);
        }

        Code.vcvtph2ps(D, __ymmword_ptr[Block + (Q4KPanel.ScalePerRow * Rows)]);
        AddBlockValues(D);
    }

    private void AddSubBlock(int sub)
    {
        ClearSums();
        for (int step = 0; step < Steps; step++)
        {
            // Two registers in turns, so that unpacking goes ahead of the products.
            AssemblerRegisterZMM weights = step % 2 == 0 ? EvenWeights : OddWeights;
            AssemblerMemoryOperand packed = __zmmword_ptr[Block + (Q4KPanel.QuantsPerRow * Rows) + (((sub / 2 * Steps) + step) * VectorBytes)];
            if (sub % 2 == 0)
            {
                Code.vpandd(weights, LowNibbles, packed);
            }
            else
            {
                Code.vpsrld(weights, packed, 4);
                Code.vpandd(weights, weights, LowNibbles);
            }

            AddProducts(weights, sub, step);
        }

        // A row's lane holds the scales of four sub-blocks, a byte each.
        Code.vpsrld(Factor, __zmmword_ptr[Block + (Q4KPanel.ScalesPerRow * Rows) + (sub / 4 * VectorBytes)], (byte)(sub % 4 * 8));
        Code.vpandd(Factor, Factor, LowByte);
        Code.vcvtdq2ps(Factor, Factor);
        AddScaledSums(Factor, sub);
    }
}
