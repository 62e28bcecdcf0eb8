using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Tessera.Gguf;

namespace Tessera.Tokenizer.Bpe.Tests;

/// <summary>Metadata in memory, with values as a file has them.</summary>
internal sealed class TestMetadata : IGgufMetadata
{
    private readonly Dictionary<string, GgufValue> _values = [];

    public string Source => "test.gguf";

    public IReadOnlyCollection<string> Keys => _values.Keys;

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out GgufValue value) => _values.TryGetValue(key, out value);

    public TestMetadata With(string key, string value) => With(key, GgufValueType.String, GgufValueType.String, 1, Encoding.UTF8.GetBytes(value));

    public TestMetadata With(string key, bool value) => With(key, GgufValueType.Bool, GgufValueType.Bool, 1, [value ? (byte)1 : (byte)0]);

    public TestMetadata With(string key, int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return With(key, GgufValueType.Int32, GgufValueType.Int32, 1, bytes);
    }

    public TestMetadata With(string key, IReadOnlyCollection<string> values) => With(key, [.. values.Select(Encoding.UTF8.GetBytes)]);

    public TestMetadata With(string key, byte[][] values)
    {
        List<byte> payload = [];
        var length = new byte[8];
        foreach (byte[] text in values)
        {
            BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
            payload.AddRange(length);
            payload.AddRange(text);
        }

        return With(key, GgufValueType.Array, GgufValueType.String, values.Length, [.. payload]);
    }

    public TestMetadata With(string key, IReadOnlyCollection<int> values)
    {
        var payload = new byte[4 * values.Count];
        int at = 0;
        foreach (int value in values)
        {
            BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan(at), value);
            at += 4;
        }

        return With(key, GgufValueType.Array, GgufValueType.Int32, values.Count, payload);
    }

    private TestMetadata With(string key, GgufValueType type, GgufValueType elementType, long count, byte[] payload)
    {
        _values[key] = new GgufValue(type, elementType, count, payload, 0);
        return this;
    }
}
