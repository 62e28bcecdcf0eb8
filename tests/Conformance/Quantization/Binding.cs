namespace Tessera.Conformance.Quantization;

/// <summary>What a format may do with a matrix that it binds.</summary>
public enum Binding
{
    /// <summary>Read the file's bytes.</summary>
    Mapped,

    /// <summary>Copy them as it likes.</summary>
    Packed,

    /// <summary>Copy them and assemble kernels at run time.</summary>
    Assembled,
}
