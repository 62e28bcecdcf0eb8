namespace Tessera.Gguf;

/// <summary>
/// Names for the tensor type numbers of GGUF files (ggml's <c>ggml_type</c>). The set is open: a plugin may serve a number that has no
/// name here, by casting it. Nothing in the host depends on a particular member but the mixes of llama-quantize, which name formats.
/// </summary>
public enum GgmlType : uint
{
    /// <summary>IEEE 754 binary32.</summary>
    F32 = 0,
    /// <summary>IEEE 754 binary16.</summary>
    F16 = 1,
    /// <summary>4-bit blocks of 32 with a scale.</summary>
    Q4_0 = 2,
    /// <summary>4-bit blocks of 32 with a scale and a minimum.</summary>
    Q4_1 = 3,
    /// <summary>5-bit blocks of 32 with a scale.</summary>
    Q5_0 = 6,
    /// <summary>5-bit blocks of 32 with a scale and a minimum.</summary>
    Q5_1 = 7,
    /// <summary>8-bit blocks of 32 with a scale.</summary>
    Q8_0 = 8,
    /// <summary>8-bit blocks of 32 with a scale and a sum.</summary>
    Q8_1 = 9,
    /// <summary>2-bit super-blocks of 256.</summary>
    Q2_K = 10,
    /// <summary>3-bit super-blocks of 256.</summary>
    Q3_K = 11,
    /// <summary>4-bit super-blocks of 256.</summary>
    Q4_K = 12,
    /// <summary>5-bit super-blocks of 256.</summary>
    Q5_K = 13,
    /// <summary>6-bit super-blocks of 256.</summary>
    Q6_K = 14,
    /// <summary>8-bit super-blocks of 256, an encoding of activations.</summary>
    Q8_K = 15,
    /// <summary>Lattice-coded 2.06 bits per weight.</summary>
    IQ2_XXS = 16,
    /// <summary>Lattice-coded 2.31 bits per weight.</summary>
    IQ2_XS = 17,
    /// <summary>Lattice-coded 3.06 bits per weight.</summary>
    IQ3_XXS = 18,
    /// <summary>Lattice-coded 1.56 bits per weight.</summary>
    IQ1_S = 19,
    /// <summary>4-bit non-linear blocks of 32.</summary>
    IQ4_NL = 20,
    /// <summary>Lattice-coded 3.44 bits per weight.</summary>
    IQ3_S = 21,
    /// <summary>Lattice-coded 2.56 bits per weight.</summary>
    IQ2_S = 22,
    /// <summary>4-bit non-linear super-blocks of 256.</summary>
    IQ4_XS = 23,
    /// <summary>8-bit integer.</summary>
    I8 = 24,
    /// <summary>16-bit integer.</summary>
    I16 = 25,
    /// <summary>32-bit integer.</summary>
    I32 = 26,
    /// <summary>64-bit integer.</summary>
    I64 = 27,
    /// <summary>IEEE 754 binary64.</summary>
    F64 = 28,
    /// <summary>Lattice-coded 1.75 bits per weight.</summary>
    IQ1_M = 29,
    /// <summary>bfloat16: the upper half of a binary32.</summary>
    BF16 = 30,
    /// <summary>Ternary super-blocks of 256, 1.69 bits per weight.</summary>
    TQ1_0 = 34,
    /// <summary>Ternary super-blocks of 256, 2.06 bits per weight.</summary>
    TQ2_0 = 35,
    /// <summary>OCP microscaling FP4, blocks of 32.</summary>
    MXFP4 = 39,
}
