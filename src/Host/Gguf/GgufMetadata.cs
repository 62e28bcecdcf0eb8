using System.Diagnostics.CodeAnalysis;

namespace Tessera.Gguf;

/// <summary>The key-value pairs of one file in their order.</summary>
internal sealed class GgufMetadata(string source) : IGgufMetadata
{
    private readonly OrderedDictionary<string, GgufValue> _values = new(StringComparer.Ordinal);

    public string Source { get; } = source;

    public IReadOnlyCollection<string> Keys => _values.Keys;

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out GgufValue value) => _values.TryGetValue(key, out value);

    public bool TryAdd(string key, GgufValue value) => _values.TryAdd(key, value);
}
