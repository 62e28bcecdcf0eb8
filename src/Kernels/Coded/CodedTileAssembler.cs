using System.Runtime.Intrinsics;
using Iced.Intel;
using Tessera.Numerics;
using static Iced.Intel.AssemblerRegisters;

namespace Tessera.Kernels.Coded;

/// <summary>
/// The products over <see cref="CodedPanel{TBlock}"/> with AVX-512 VNNI, bit for bit those of <see cref="PanelProduct{TBlock, TLanes, TVector}"/>.
/// </summary>
internal sealed class CodedTileAssembler<TBlock> : TileAssembler
    where TBlock : struct, ICodedBlock
{
    private const int StepsPerGroup = 8;
    private const int StepsPerHalf = 4;
    private const int VectorBytes = 64;

    private static readonly AssemblerRegisterZMM D = zmm24;
    private static readonly AssemblerRegisterZMM Minimum = zmm25;
    private static readonly AssemblerRegisterZMM Factor = zmm26;
    private static readonly AssemblerRegisterZMM LowMask = zmm27;
    private static readonly AssemblerRegisterZMM HighMaskOrTable = zmm28;
    private static readonly AssemblerRegisterZMM MinusZeroOrNibbles = zmm29;
    private static readonly AssemblerRegisterZMM EvenWeights = zmm30;
    private static readonly AssemblerRegisterZMM OddWeights = zmm31;

    public override ActivationParts ReadsSums => CodedBlock<TBlock>.ReadsIntegerSums ? ActivationParts.Sums : ActivationParts.ScaledSums;

    protected override int BlockBytes => CodedPanel<TBlock>.CodeBytes(Rows);

    protected override int SubBlocks => CodedBlock<TBlock>.Groups;

    /// <summary>The block's scales, for operands.</summary>
    private static AssemblerRegister64 Scales => Own;

    private static int ScaleBytes => CodedPanel<TBlock>.ScaleBlockBytes(Rows);

    protected override void LoadConstants()
    {
        Broadcast(LowMask, 0x0101_0101u * ((1u << CodedPanel<TBlock>.LowBits) - 1));
        if (CodedPanel<TBlock>.HasHighBit)
        {
            Broadcast(HighMaskOrTable, 0x0101_0101u << CodedPanel<TBlock>.LowBits);
        }

        if (TBlock.HasTable)
        {
            Vector128<ulong> table = TBlock.Table.AsUInt64();
            Code.mov(rax, table[0]);
            Code.vmovq(xmm0, rax);
            Code.mov(rax, table[1]);
            Code.vpinsrq(xmm0, xmm0, rax, 1);
            Code.vshufi32x4(HighMaskOrTable, zmm0, zmm0, 0);
        }

        if (CodedBlock<TBlock>.HasSubMinimums)
        {
            Broadcast(MinusZeroOrNibbles, 0x000F_000F);
        }
        else if (TBlock.Zero != 0)
        {
            Broadcast(MinusZeroOrNibbles, unchecked(0x0001_0001u * (ushort)-TBlock.Zero));
        }
    }

    /// <summary>The scales come after all codes.</summary>
    protected override void EnterPanel()
    {
        Code.imul(Scales, BlocksLeft, BlockBytes);
        Code.add(Scales, Block);
    }

    protected override void AddBlock()
    {
        for (int line = 0; line < ScaleBytes; line += WeightPrefetch.Line)
        {
            PrefetchLine(Scales, line);
        }

        LoadScale();
        if (CodedBlock<TBlock>.HasBlockMinimum || CodedBlock<TBlock>.HasSubMinimums)
        {
            Code.vcvtph2ps(Minimum, __ymmword_ptr[Scales + CodedPanel<TBlock>.MinimumOffset(Rows)]);
        }

        for (int group = 0; group < SubBlocks; group++)
        {
            switch (TBlock.Scales)
            {
                case ScaleLayout.BytePer16: AddHalves(group); break;
                case ScaleLayout.NibblesPer16: AddHalvesWithMinimums(group); break;
                default: AddGroup(group); break;
            }
        }

        Code.add(Scales, ScaleBytes);
    }

    private void LoadScale()
    {
        if (TBlock.Scales != ScaleLayout.Exponent)
        {
            Code.vcvtph2ps(D, __ymmword_ptr[Scales + CodedPanel<TBlock>.ScaleOffset(Rows)]);
            return;
        }

        // Two to the power of e - 128: the exponent's bits, or, of the lowest two, the bit below them.
        Code.vpmovzxbd(D, __xmmword_ptr[Scales + CodedPanel<TBlock>.ScaleOffset(Rows)]);
        Code.vpternlogd(Factor, Factor, Factor, 0xFF);
        Code.vpsubd(EvenWeights, D, Factor);
        Code.vpslld(EvenWeights, EvenWeights, 21);
        Code.vpaddd(D, D, Factor);
        Code.vpslld(D, D, 23);
        Code.vpmaxsd(D, D, EvenWeights);
    }

    private void AddGroup(int group)
    {
        if (CodedBlock<TBlock>.HasBlockMinimum)
        {
            AddActivationSumsToResults(Minimum, group);
        }

        ClearSums();
        if (TBlock.Zero != 0)
        {
            AddIntegerSums(MinusZeroOrNibbles, group);
        }

        for (int step = 0; step < StepsPerGroup; step++)
        {
            AddProducts(Unpack(group, step), group, step);
        }

        if (TBlock.Scales == ScaleLayout.BytePer32)
        {
            Code.vpmovsxbd(Factor, __xmmword_ptr[Scales + (group * Rows)]);
            Code.vcvtdq2ps(Factor, Factor);
            Code.vmulps(Factor, Factor, D);
        }

        AddScaledSumsToResults(TBlock.Scales == ScaleLayout.BytePer32 ? Factor : D, group);
    }

    /// <summary>A group with a scale for each half: their sums are multiplied as integers.</summary>
    private void AddHalves(int group)
    {
        ClearSums();
        for (int step = 0; step < StepsPerHalf; step++)
        {
            AddProducts(Unpack(group, step), group, step);
        }

        LoadPairs(group);
        Code.vpslld(Factor, Factor, 16);
        Code.vpsrad(Factor, Factor, 16);
        MultiplySums(Factor);

        ClearBlockValues();
        for (int step = StepsPerHalf; step < StepsPerGroup; step++)
        {
            AddProductsToFurtherSums(Unpack(group, step), group, step);
        }

        LoadPairs(group);
        Code.vpsrad(Factor, Factor, 16);
        AddFurtherSums(Factor);
        if (TBlock.Zero != 0)
        {
            LoadPairs(group);
            Code.vpmullw(Factor, Factor, MinusZeroOrNibbles);
            AddIntegerSums(Factor, group);
        }

        AddScaledSumsToResults(D, group);
    }

    /// <summary>
    /// A group with a scale and a minimum of four bits for each half: the weights, which are small, are multiplied by the scale, two bytes at once.
    /// </summary>
    private void AddHalvesWithMinimums(int group)
    {
        const byte EvenWords = 0xA0, OddWords = 0xF5;
        ClearSums();
        for (int step = 0; step < StepsPerGroup; step++)
        {
            if (step % StepsPerHalf == 0)
            {
                LoadPairs(group);
                Code.vpandd(Factor, Factor, MinusZeroOrNibbles);
                Code.vpshuflw(Factor, Factor, step == 0 ? EvenWords : OddWords);
                Code.vpshufhw(Factor, Factor, step == 0 ? EvenWords : OddWords);
            }

            AssemblerRegisterZMM weights = Unpack(group, step);
            Code.vpmullw(weights, weights, Factor);
            AddProducts(weights, group, step);
        }

        LoadPairs(group);
        Code.vpsrlw(Factor, Factor, 4);
        Code.vpandd(Factor, Factor, MinusZeroOrNibbles);
        ClearBlockValues();
        AddIntegerSumsToFurtherSums(Factor, group);
        AddScaledDifferencesToResults(D, Minimum, group);
    }

    /// <summary>The scale bytes of a group's halves, each as 16-bit integer.</summary>
    private void LoadPairs(int group) => Code.vpmovsxbw(Factor, __ymmword_ptr[Scales + (2 * group * Rows)]);

    /// <summary>The unsigned weights of a step, in two registers in turns, so that unpacking goes ahead of the products.</summary>
    private AssemblerRegisterZMM Unpack(int group, int step)
    {
        const byte FirstAndSecondOrThird = 0xEA;
        int vectors = CodedPanel<TBlock>.LowVectors, bits = CodedPanel<TBlock>.LowBits;
        AssemblerRegisterZMM weights = step % 2 == 0 ? EvenWeights : OddWeights;
        AssemblerRegisterZMM low = CodedPanel<TBlock>.HasHighBit ? Factor : weights;
        AssemblerMemoryOperand packed = Vector(group, step % vectors);
        if (step < vectors)
        {
            Code.vpandd(low, LowMask, packed);
        }
        else
        {
            Code.vpsrld(low, packed, (byte)(step / vectors * bits));
            Code.vpandd(low, low, LowMask);
        }

        if (CodedPanel<TBlock>.HasHighBit)
        {
            if (step < bits)
            {
                Code.vpslld(weights, Vector(group, vectors), (byte)(bits - step));
            }
            else
            {
                Code.vpsrld(weights, Vector(group, vectors), (byte)(step - bits));
            }

            Code.vpternlogd(weights, HighMaskOrTable, low, FirstAndSecondOrThird);
        }

        if (TBlock.HasTable)
        {
            Code.vpshufb(weights, HighMaskOrTable, weights);
        }

        return weights;
    }

    private static AssemblerMemoryOperand Vector(int group, int vector) => __zmmword_ptr[Block + (((group * TBlock.CodeBits) + vector) * VectorBytes)];
}
