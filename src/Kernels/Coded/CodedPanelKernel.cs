using System.Runtime.Intrinsics;
using Tessera.Numerics;

namespace Tessera.Kernels.Coded;

/// <summary>The panels and products of a format for an instruction set.</summary>
internal static unsafe class CodedPanelKernel
{
    /// <summary>Tokens that share the unpacking of a group.</summary>
    private const int TokenTile = 8;

    /// <summary>The kernel for an instruction set that has vectors.</summary>
    public static PackedKernel For<TBlock>(SimdLevel level)
        where TBlock : struct, ICodedBlock =>
        level switch
        {
            SimdLevel.Avx512 => Make<TBlock, ProductLanes512, Vector512<int>>(level),
            SimdLevel.Avx2 => Make<TBlock, ProductLanes256, Vector256<int>>(level),
            SimdLevel.Vector128 => Make<TBlock, ProductLanes128, Vector128<int>>(level),
            _ => throw new ArgumentOutOfRangeException(nameof(level)),
        };

    private static PackedKernel Make<TBlock, TLanes, TVector>(SimdLevel level)
        where TBlock : struct, ICodedBlock
        where TLanes : struct, IProductLanes<TVector>
        where TVector : struct =>
        new()
        {
            Simd = level,
            Reads = ActivationParts.Quants | (CodedBlock<TBlock>.ReadsIntegerSums ? ActivationParts.Sums : ActivationParts.ScaledSums),
            PanelRows = TLanes.Rows,
            PanelBlockBytes = CodedPanel<TBlock>.CodeBytes(TLanes.Rows) + CodedPanel<TBlock>.ScaleBlockBytes(TLanes.Rows),
            TokenTile = TokenTile,
            Pack = &CodedPanel<TBlock>.Pack<TLanes, TVector>,
            Multiply = &PanelProduct<TBlock, TLanes, TVector>.Multiply,
        };
}
