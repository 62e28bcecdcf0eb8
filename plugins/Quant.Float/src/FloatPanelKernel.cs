using System.Runtime.CompilerServices;
using Tessera.Kernels;
using Tessera.Numerics;

namespace Tessera.Quant.Float;

/// <summary>
/// Products of panels with F32 activations, in one file per instruction set. A vector of weights, a row per lane, meets a token's activation in all
/// lanes; a multiply-add puts each product on the sum of its row and token, column after column.
/// </summary>
/// <remarks>
/// One sum over thousands of columns would be several times less accurate than the partial sums of a dot product along the row. So a sum runs over 16
/// columns only, four of those make a group's, and groups add up to the result. Every tile does this in the same order, whatever its width.
/// </remarks>
internal static unsafe partial class FloatPanelKernel
{
    /// <summary>Columns that are summed one after the other.</summary>
    public const int RunColumns = 16;

    /// <summary>Columns whose runs are summed before they are added to the result.</summary>
    public const int GroupColumns = 64;

    /// <summary>From this number of tokens on, 16-bit weights are asked for ahead: one token's loads run far enough ahead by themselves.</summary>
    public const int PrefetchTokens = 2;

    /// <summary>How many bytes ahead; half of it came too late for eight tokens.</summary>
    public const int PrefetchDistance = 8 << 10;

    /// <summary>32-bit weights keep the memory busy with more tokens: up to four, asking ahead was slower.</summary>
    private const int PrefetchTokensOf32Bits = 5;

    /// <summary>The kernel for an instruction set that has panels.</summary>
    public static PackedKernel For<TElement>(SimdLevel level)
        where TElement : struct, IElement => level switch
        {
            SimdLevel.Avx512 => Kernel<TElement>(level, tokenTile: 8, &MultiplyAvx512<TElement>),
            SimdLevel.Avx2 => Kernel<TElement>(level, tokenTile: 4, &MultiplyAvx2<TElement>),
            _ => throw new ArgumentOutOfRangeException(nameof(level)),
        };

    private static PackedKernel Kernel<TElement>(
        SimdLevel level, int tokenTile, delegate*<byte*, int, in ActivationBatch, int, int, float*, int, void> multiply)
        where TElement : struct, IElement => new()
        {
            Simd = level,
            Reads = ActivationParts.Values,
            PanelRows = FloatPanel.Rows,
            PanelBlockBytes = FloatPanel.Rows * TElement.Bytes,
            TokenTile = tokenTile,
            Pack = TElement.Bytes == sizeof(ushort) ? &FloatPanel.Pack<ushort> : &FloatPanel.Pack<uint>,
            Multiply = multiply,
        };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Prefetches<TElement, TCount>()
        where TElement : struct, IElement
        where TCount : struct, ITokenCount => TCount.Value >= (TElement.Bytes == sizeof(ushort) ? PrefetchTokens : PrefetchTokensOf32Bits);
}
