using Iced.Intel;
using Tessera.Numerics;
using static Iced.Intel.AssemblerRegisters;

namespace Tessera.Kernels;

/// <summary>
/// A tile over super-blocks of eight sub-blocks with scales and minimums of six bits. A panel's block begins with <see cref="SixBitMinimums"/>. Products,
/// scales and activation scales take the two pipes that multiply; the minimums' part is looked up and added on the others, two look-ups per sub-block between
/// the products.
/// </summary>
/// <remarks>zmm26-29 are left to the format.</remarks>
public abstract class SixBitTileAssembler : TileAssembler
{
    private const int Steps = 8;
    private const int StepsPerLookUp = 4;

    private static readonly AssemblerRegisterZMM Factor = zmm24;
    private static readonly AssemblerRegisterZMM D = zmm25;
    private static readonly AssemblerRegisterZMM EvenWeights = zmm30;
    private static readonly AssemblerRegisterZMM OddWeights = zmm31;

    /// <inheritdoc/>
    public override ActivationParts ReadsSums => ActivationParts.SumTables;

    /// <inheritdoc/>
    protected override int SubBlocks => 8;

    /// <summary>Where a block has d of its rows, binary16; dmin come after them.</summary>
    protected abstract int ScaleOffset { get; }

    /// <summary>Loads the unsigned weights of four columns.</summary>
    protected abstract void LoadWeights(AssemblerRegisterZMM weights, int subBlock, int stepOfSubBlock);

    /// <summary>Loads a sub-block's integer scales.</summary>
    protected abstract void LoadScales(AssemblerRegisterZMM scales, int subBlock);

    /// <inheritdoc/>
    protected override void AddBlock()
    {
        ClearBlockValues();
        Code.vcvtph2ps(D, __ymmword_ptr[Block + ScaleOffset]);
        for (int sub = 0; sub < SubBlocks; sub++)
        {
            AddSubBlock(sub);
        }

        Code.vcvtph2ps(D, __ymmword_ptr[Block + ScaleOffset + (Rows * sizeof(ushort))]);
        SubtractBlockValues(D);
    }

    private void AddSubBlock(int sub)
    {
        ClearSums();
        for (int step = 0; step < Steps; step++)
        {
            // Two registers in turns, so that unpacking goes ahead of the products.
            AssemblerRegisterZMM weights = step % 2 == 0 ? EvenWeights : OddWeights;
            LoadWeights(weights, sub, step);
            AddProducts(weights, sub, step);
            if (step % StepsPerLookUp == StepsPerLookUp - 1)
            {
                LookUp(((sub * Steps) + step) / StepsPerLookUp);
            }
        }

        // Times d, that is 17 bits: the product with an integer sum of 18 is rounded once, as if the integers had been multiplied first.
        LoadScales(Factor, sub);
        Code.vcvtdq2ps(Factor, Factor);
        Code.vmulps(Factor, Factor, D);
        AddScaledSumsToResults(Factor, sub);
    }

    /// <summary>Adds a digit of a pair of minimums to the block values, highest digits first. The weights' registers are free between two steps.</summary>
    private void LookUp(int index)
    {
        int digit = SixBitMinimums.Digits - 1 - (index / SixBitMinimums.Pairs), pair = index % SixBitMinimums.Pairs;
        if (digit < 0)
        {
            return;
        }

        if (index > 0 && pair == 0)
        {
            QuadrupleBlockValues();
        }

        Code.vpsrld(EvenWeights, __zmmword_ptr[Block + (SixBitMinimums.WordOf(pair) * Rows * sizeof(uint))], (byte)SixBitMinimums.ShiftTo(pair, digit));
        AddFromTables(EvenWeights, OddWeights, pair);
    }
}
