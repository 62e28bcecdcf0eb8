namespace Tessera.Conformance.Tests.Quantization;

/// <summary>What a format can get wrong.</summary>
public enum FormatFlaw
{
    None,

    /// <summary>The block's size is not the file's.</summary>
    WrongGeometry,

    /// <summary>A bound matrix says one row more.</summary>
    WrongShape,

    /// <summary>The last bit of a weight is another.</summary>
    OneBitOff,

    /// <summary>All blocks take the first one's scale.</summary>
    OneScaleForAll,

    /// <summary>There must be a first block.</summary>
    FailsOnNoBlocks,

    /// <summary>What does not fit is cut off without a word.</summary>
    IgnoresLengths,

    /// <summary>A product lacks its last block.</summary>
    ForgetsTheLastBlock,

    /// <summary>A scale keeps six bits of its ten.</summary>
    RoundsScales,

    /// <summary>The sum of a block's products sticks at what random weights never reach.</summary>
    Saturates,

    /// <summary>A result is divided by a scale, which may be 0.</summary>
    DividesByTheScale,

    /// <summary>The last rows of a matrix whose number is not a multiple of four get their neighbour's result.</summary>
    WrongTail,

    /// <summary>Four tokens and more are summed in another precision.</summary>
    DependsOnTheBatch,

    /// <summary>The row after the tile is written too.</summary>
    WritesOutsideTheTile,

    /// <summary>Machine code gives another last bit.</summary>
    AssembledDiffers,

    /// <summary>Threads share a variable of the matrix.</summary>
    SharesScratch,

    /// <summary>Each call makes an array.</summary>
    Allocates,

    /// <summary>The packed copy has lost its last bits.</summary>
    PackedDiffers,

    /// <summary>The matrix says that it does not read the file, and does.</summary>
    ReadsTheSourceSecretly,

    /// <summary>Sums of the activations are read that it does not say it reads.</summary>
    ReadsUnnamedParts,

    /// <summary>Weights are read at multiples of two bytes.</summary>
    NeedsAlignment,

    /// <summary>NaN becomes 0.</summary>
    HidesNaN,

    /// <summary>All tokens and rows are added up with a factor of 0.</summary>
    SpreadsNaN,

    /// <summary>A block is read that is not there.</summary>
    ReadsPastTheEnd,

    /// <summary>A result is written that is not there.</summary>
    WritesPastTheEnd,

    /// <summary>Codes are cut off instead of rounded.</summary>
    RoundsDown,

    /// <summary>Neighbours change places.</summary>
    SwapsNeighbours,

    /// <summary>A scale of 0 is divided by.</summary>
    DividesZeroByZero,

    /// <summary>Columns take the importance for its inverse.</summary>
    InvertsImportance,

    /// <summary>The blocks' bytes are added to what is there.</summary>
    AddsToTheBlocks,

    /// <summary>Threads share the codes of a row.</summary>
    SharesCodes,
}
