namespace Tessera.Gguf;

/// <summary>The thirteen types of a GGUF metadata value, with their numbers in the file (GGUF specification, <c>gguf_metadata_value_type</c>).</summary>
#pragma warning disable CA1720 // the names are the specification's
public enum GgufValueType : uint
{
    /// <summary>8-bit unsigned integer.</summary>
    UInt8 = 0,
    /// <summary>8-bit signed integer.</summary>
    Int8 = 1,
    /// <summary>16-bit unsigned integer, little-endian like all that follow.</summary>
    UInt16 = 2,
    /// <summary>16-bit signed integer.</summary>
    Int16 = 3,
    /// <summary>32-bit unsigned integer.</summary>
    UInt32 = 4,
    /// <summary>32-bit signed integer.</summary>
    Int32 = 5,
    /// <summary>IEEE 754 binary32.</summary>
    Float32 = 6,
    /// <summary>One byte: 0 is false, any other true.</summary>
    Bool = 7,
    /// <summary>64-bit length in bytes, then the bytes without a terminator: UTF-8 by the specification, which not every file keeps to.</summary>
    String = 8,
    /// <summary>Element type, 64-bit count, then the elements.</summary>
    Array = 9,
    /// <summary>64-bit unsigned integer.</summary>
    UInt64 = 10,
    /// <summary>64-bit signed integer.</summary>
    Int64 = 11,
    /// <summary>IEEE 754 binary64.</summary>
    Float64 = 12,
}
