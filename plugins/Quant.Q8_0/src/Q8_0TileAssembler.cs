using Iced.Intel;
using Tessera.Kernels;
using Tessera.Numerics;
using static Iced.Intel.AssemblerRegisters;

namespace Tessera.Quant.Q8_0;

/// <summary>The products over <see cref="Q8_0Panel"/> with AVX-512 VNNI, bit for bit those of <see cref="Q8_0PanelKernel"/>.</summary>
internal sealed class Q8_0TileAssembler : TileAssembler
{
    private const int Steps = 8;
    private const int VectorBytes = 64;

    private static readonly AssemblerRegisterZMM D = zmm24;
    private static readonly AssemblerRegisterZMM EvenWeights = zmm25;
    private static readonly AssemblerRegisterZMM OddWeights = zmm26;

    protected override int BlockBytes => Q8_0Panel.QuantBytes;

    protected override int SubBlocks => 1;

    public override ActivationParts ReadsSums => ActivationParts.Offsets;

    /// <summary>The scales come after all weights.</summary>
    protected override void EnterPanel()
    {
        Code.imul(Own, BlocksLeft, Q8_0Panel.QuantBytes);
        Code.add(Own, Block);
    }

    protected override void AddBlock()
    {
        StartSumsAtOffsets(0);
        for (int step = 0; step < Steps; step++)
        {
            AssemblerRegisterZMM weights = step % 2 == 0 ? EvenWeights : OddWeights;
            Code.vmovdqu32(weights, __zmmword_ptr[Block + (step * VectorBytes)]);
            AddProducts(weights, 0, step);
        }

        Code.vcvtph2ps(D, __ymmword_ptr[Own]);
        Code.add(Own, Q8_0Panel.ScaleBytes);
        AddScaledSumsToResults(D, 0);
    }
}
