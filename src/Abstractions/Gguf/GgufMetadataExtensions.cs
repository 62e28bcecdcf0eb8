namespace Tessera.Gguf;

/// <summary>
/// Typed getters. Each throws <see cref="GgufException"/>, which names the file, the key and the offset, when the key has another
/// type or its value does not fit, and, without a default, when it is missing.
/// </summary>
public static class GgufMetadataExtensions
{
    /// <summary>A required string.</summary>
    public static string GetString(this IGgufMetadata metadata, string key) => Require(metadata, key, v => v.AsString());

    /// <summary>A string, or the default where the key is missing.</summary>
    public static string? GetString(this IGgufMetadata metadata, string key, string? defaultValue) => Find(metadata, key, v => v.AsString(), defaultValue);

    /// <summary>A required integer of any width that fits 32 bits.</summary>
    public static int GetInt32(this IGgufMetadata metadata, string key) => Require(metadata, key, v => checked((int)v.AsInteger()));

    /// <summary>An integer, or the default where the key is missing.</summary>
    public static int GetInt32(this IGgufMetadata metadata, string key, int defaultValue) =>
        Find(metadata, key, v => checked((int)v.AsInteger()), defaultValue);

    /// <summary>A required integer of any width.</summary>
    public static long GetInt64(this IGgufMetadata metadata, string key) => Require(metadata, key, v => v.AsInteger());

    /// <summary>An integer of any width, or the default where the key is missing.</summary>
    public static long GetInt64(this IGgufMetadata metadata, string key, long defaultValue) => Find(metadata, key, v => v.AsInteger(), defaultValue);

    /// <summary>
    /// A required integer that a file may give for each layer: one for all, or an array with one for each, for an architecture whose layers are alike.
    /// An array of another length, or of numbers that differ, is an error.
    /// </summary>
    public static int GetUniformInt32(this IGgufMetadata metadata, string key, int layers) => Require(metadata, key, v => Uniform(v, layers));

    /// <inheritdoc cref="GetUniformInt32(IGgufMetadata, string, int)"/>
    public static int GetUniformInt32(this IGgufMetadata metadata, string key, int layers, int defaultValue) =>
        Find(metadata, key, v => Uniform(v, layers), defaultValue);

    /// <summary>
    /// A token's id, or the default where the key is missing. -1 is none, and so is any number that is no id: some converters write -1 as 32 or 64
    /// unsigned bits.
    /// </summary>
    public static int GetTokenId(this IGgufMetadata metadata, string key, int defaultValue = -1) =>
        Find(metadata, key, v => v.IsNumber && v.AsFloat() is < 0 or > int.MaxValue ? -1 : (int)v.AsInteger(), defaultValue);

    /// <summary>A required floating-point number.</summary>
    public static float GetSingle(this IGgufMetadata metadata, string key) => Require(metadata, key, v => (float)v.AsFloat());

    /// <summary>A floating-point number, or the default where the key is missing.</summary>
    public static float GetSingle(this IGgufMetadata metadata, string key, float defaultValue) => Find(metadata, key, v => (float)v.AsFloat(), defaultValue);

    /// <summary>A truth value, or the default where the key is missing.</summary>
    public static bool GetBoolean(this IGgufMetadata metadata, string key, bool defaultValue) => Find(metadata, key, v => v.AsBoolean(), defaultValue);

    /// <summary>An array of integers, or null where the key is missing.</summary>
    public static long[]? GetIntegers(this IGgufMetadata metadata, string key) => Find(metadata, key, v => v.AsIntegers(), null);

    /// <summary>An array of floating-point numbers, or null where the key is missing.</summary>
    public static float[]? GetFloats(this IGgufMetadata metadata, string key) => Find(metadata, key, v => v.AsFloats(), null);

    /// <summary>An array of strings as their bytes, or null where the key is missing.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>>? GetUtf8Strings(this IGgufMetadata metadata, string key) =>
        Find(metadata, key, ToList, null);

    private static IReadOnlyList<ReadOnlyMemory<byte>> ToList(GgufValue value)
    {
        IEnumerable<ReadOnlyMemory<byte>> strings = value.AsUtf8Strings();
        var list = new List<ReadOnlyMemory<byte>>((int)value.Count);
        list.AddRange(strings);
        return list;
    }

    private static int Uniform(GgufValue value, int layers)
    {
        if (value.Type != GgufValueType.Array)
        {
            return checked((int)value.AsInteger());
        }

        if (value.Count != layers || layers == 0)
        {
            throw new InvalidCastException($"{value.Count} numbers for {layers} layers");
        }

        long[] numbers = value.AsIntegers();
        return Array.FindIndex(numbers, number => number != numbers[0]) is > 0 and int layer
            ? throw new InvalidCastException(
                $"{numbers[0]} in layer 0 and {numbers[layer]} in layer {layer}: this architecture serves layers that are alike alone")
            : checked((int)numbers[0]);
    }

    private static T Require<T>(IGgufMetadata metadata, string key, Func<GgufValue, T> read)
    {
        if (!metadata.TryGetValue(key, out GgufValue? value))
        {
            throw new GgufException(metadata.Source, $"key '{key}'", -1, "required, but the file does not have it");
        }

        return Read(metadata, key, value, read);
    }

    private static T Find<T>(IGgufMetadata metadata, string key, Func<GgufValue, T> read, T defaultValue) =>
        metadata.TryGetValue(key, out GgufValue? value) ? Read(metadata, key, value, read) : defaultValue;

    private static T Read<T>(IGgufMetadata metadata, string key, GgufValue value, Func<GgufValue, T> read)
    {
        try
        {
            return read(value);
        }
        catch (InvalidCastException e)
        {
            throw new GgufException(metadata.Source, $"key '{key}'", value.Offset, e.Message);
        }
        catch (OverflowException)
        {
            throw new GgufException(metadata.Source, $"key '{key}'", value.Offset, "the integer is out of range");
        }
    }
}
