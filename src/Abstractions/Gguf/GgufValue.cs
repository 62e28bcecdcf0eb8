using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Tessera.Gguf;

/// <summary>
/// One metadata value as its bytes in the file, decoded when asked. The bytes were checked when the file was read: lengths and
/// counts fit. Reading it as a type that it is not throws <see cref="InvalidCastException"/>; a number may be stored in any type that holds it, of every width.
/// </summary>
public sealed class GgufValue
{
    /// <summary>Wraps checked bytes.</summary>
    /// <param name="type">The value's type.</param>
    /// <param name="elementType">An array's element type; the same as <paramref name="type"/> otherwise.</param>
    /// <param name="count">An array's element count; 1 otherwise.</param>
    /// <param name="payload">The little-endian bytes: a string without its length, an array without its type and count.</param>
    /// <param name="offset">Offset of the value from the start of the file in bytes, for messages.</param>
    public GgufValue(GgufValueType type, GgufValueType elementType, long count, ReadOnlyMemory<byte> payload, long offset)
    {
        Type = type;
        ElementType = elementType;
        Count = count;
        Offset = offset;
        Payload = payload;
    }

    /// <summary>The value's type.</summary>
    public GgufValueType Type { get; }

    /// <summary>An array's element type; the same as <see cref="Type"/> otherwise.</summary>
    public GgufValueType ElementType { get; }

    /// <summary>An array's element count; 1 otherwise.</summary>
    public long Count { get; }

    /// <summary>Offset of the value from the start of the file in bytes.</summary>
    public long Offset { get; }

    /// <summary>The value's little-endian bytes as in the file: a string without its length, an array without its type and count.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>Whether the value is an integer of any width.</summary>
    public bool IsInteger => IsIntegerType(Type);

    /// <summary>Whether the value is an integer or a floating-point number of any width.</summary>
    public bool IsNumber => IsInteger || IsFloatType(Type);

    /// <summary>The value as a string. Bytes that are no UTF-8 become U+FFFD; <see cref="Payload"/> has them.</summary>
    public string AsString()
    {
        Expect(Type == GgufValueType.String, "a string");
        return Encoding.UTF8.GetString(Payload.Span);
    }

    /// <summary>The value as a truth value.</summary>
    public bool AsBoolean()
    {
        Expect(Type == GgufValueType.Bool, "a boolean");
        return Payload.Span[0] != 0;
    }

    /// <summary>The value as an integer: one of any width, or a floating-point number that is whole. Beyond 64 bits it throws <see cref="OverflowException"/>.</summary>
    public long AsInteger()
    {
        Expect(IsNumber, "an integer");
        return ReadInteger(Payload.Span, Type);
    }

    /// <summary>The value as a floating-point number; an integer is rounded to the nearest.</summary>
    public double AsFloat()
    {
        Expect(IsNumber, "a floating-point number");
        return ReadFloat(Payload.Span, Type);
    }

    /// <summary>An array of integers of any width, of floating-point numbers that are whole, or of booleans as 0 and 1.</summary>
    public long[] AsIntegers()
    {
        Expect(Type == GgufValueType.Array && (IsIntegerType(ElementType) || IsFloatType(ElementType) || ElementType == GgufValueType.Bool), "an array of integers");
        int size = SizeOf(ElementType);
        var values = new long[Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = ReadInteger(Payload.Span[(i * size)..], ElementType);
        }

        return values;
    }

    /// <summary>An array of floating-point numbers or integers, rounded to 32 bits.</summary>
    public float[] AsFloats()
    {
        Expect(Type == GgufValueType.Array && (IsFloatType(ElementType) || IsIntegerType(ElementType)), "an array of floating-point numbers");
        int size = SizeOf(ElementType);
        var values = new float[Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)ReadFloat(Payload.Span[(i * size)..], ElementType);
        }

        return values;
    }

    /// <summary>An array of strings, each as its bytes, without copying them: UTF-8 in nearly every file.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> AsUtf8Strings()
    {
        Expect(Type == GgufValueType.Array && ElementType == GgufValueType.String, "an array of strings");
        return Enumerate();

        IEnumerable<ReadOnlyMemory<byte>> Enumerate()
        {
            ReadOnlyMemory<byte> rest = Payload;
            for (long i = 0; i < Count; i++)
            {
                int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(rest.Span);
                yield return rest.Slice(8, length);
                rest = rest[(8 + length)..];
            }
        }
    }

    /// <summary>Bytes of one value of a fixed-size type; 0 for strings and arrays.</summary>
    public static int SizeOf(GgufValueType type) => type switch
    {
        GgufValueType.UInt8 or GgufValueType.Int8 or GgufValueType.Bool => 1,
        GgufValueType.UInt16 or GgufValueType.Int16 => 2,
        GgufValueType.UInt32 or GgufValueType.Int32 or GgufValueType.Float32 => 4,
        GgufValueType.UInt64 or GgufValueType.Int64 or GgufValueType.Float64 => 8,
        _ => 0,
    };

    private static bool IsIntegerType(GgufValueType type) =>
        type is not (GgufValueType.Float32 or GgufValueType.Float64 or GgufValueType.Bool or GgufValueType.String or GgufValueType.Array);

    private static bool IsFloatType(GgufValueType type) => type is GgufValueType.Float32 or GgufValueType.Float64;

    private static long ReadInteger(ReadOnlySpan<byte> bytes, GgufValueType type) => type switch
    {
        GgufValueType.Float32 or GgufValueType.Float64 => Whole(ReadFloat(bytes, type)),
        GgufValueType.Bool => bytes[0] == 0 ? 0 : 1,
        GgufValueType.UInt8 => bytes[0],
        GgufValueType.Int8 => (sbyte)bytes[0],
        GgufValueType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        GgufValueType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(bytes),
        GgufValueType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        GgufValueType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        GgufValueType.UInt64 => checked((long)BinaryPrimitives.ReadUInt64LittleEndian(bytes)),
        _ => BinaryPrimitives.ReadInt64LittleEndian(bytes),
    };

    private static long Whole(double number) => double.IsInteger(number)
        ? checked((long)number)
        : throw new InvalidCastException(string.Create(CultureInfo.InvariantCulture, $"expected an integer, found {number}"));

    private static double ReadFloat(ReadOnlySpan<byte> bytes, GgufValueType type) => type switch
    {
        GgufValueType.Float32 => BinaryPrimitives.ReadSingleLittleEndian(bytes),
        GgufValueType.Float64 => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        GgufValueType.UInt64 => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        _ => ReadInteger(bytes, type),
    };

    private void Expect(bool holds, string wanted)
    {
        if (!holds)
        {
            string actual = Type == GgufValueType.Array ? $"an array of {ElementType}" : Type.ToString();
            throw new InvalidCastException($"expected {wanted}, found {actual}");
        }
    }
}
